import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { listRecords } from "@/api/records";
import type { Meta, RecordData, SearchHit } from "@/api/types";
import { FormatsProvider } from "@/i18n/formats";
import { activateLocale } from "@/i18n/i18n";
import { useMatches } from "@/ui/matched/use-matches";
import { useMatchedFacts } from "./palette-facts";

vi.mock("@/api/records");

const fields = [
  fieldMeta("name", "text", { searchable: true }),
  fieldMeta("mobile", "phone", { searchable: true }),
  fieldMeta("phone", "phone", { searchable: true, masked: "lists" }),
  fieldMeta("city", "text"),
];
const meta = { objects: [{ name: "contact", fields }] } as unknown as Meta;
const hit = (label: string, subtitle = ""): SearchHit => ({ object: "contact", id: "1", label, subtitle, matched: "" });

function open(query: string, hits: SearchHit[], record: object) {
  vi.mocked(listRecords).mockResolvedValue({ items: [{ id: "1", ...record } as RecordData], next_cursor: null });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={new QueryClient()}>
      <FormatsProvider locale="zh-CN" timeZone="UTC" currency="CNY">
        {children}
      </FormatsProvider>
    </QueryClientProvider>
  );
  return renderHook(() => useMatchedFacts(meta, hits, useMatches(query, true)), { wrapper }).result;
}

beforeEach(async () => {
  vi.clearAllMocks();
  await activateLocale("zh-CN");
});

it("tells the number with the digits that were typed, as it is written", async () => {
  const result = open("2345", [hit("张三", "经理")], { mobile: "+8613812345678", phone: "138****2345" });
  await waitFor(() => expect(result.current.get("1")?.text).toBe("138 1234 5678"));
  const [[from, to] = [0, 0]] = result.current.get("1")?.ranges ?? [];
  expect("138 1234 5678".slice(from, to)).toBe("234 5");
  // What is covered for the caller is not even asked for.
  expect(vi.mocked(listRecords).mock.calls[0]?.[1]?.fields).toBe("name,mobile");
});

it("says nothing of a value that is covered, in whatever way", async () => {
  const covered = { mobile: "138****2345", _covered: { mobile: "masked" } };
  const result = open("2345", [hit("张三")], covered);
  await waitFor(() => expect(vi.mocked(listRecords)).toHaveBeenCalledOnce());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(result.current.size).toBe(0);
  const bare = open("2345", [hit("李四")], { mobile: "138****2345" });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(bare.current.size).toBe(0);
});

it("asks nothing where the title tells, nor for a comment, nor where operators alone were typed", async () => {
  open("张三", [hit("张三")], {});
  open("object:联系人", [hit("张三")], {});
  open("2345", [{ ...hit("评论"), on: { object: "contact", id: "2" } }], {});
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(vi.mocked(listRecords)).not.toHaveBeenCalled();
});

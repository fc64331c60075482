import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { listRecords } from "@/api/records";
import type { ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { HeldList } from "./held-list";

vi.mock("@/api/records");

const submissionOf = (...names: string[]) =>
  ({
    name: "web_form_submission",
    actions: [],
    fields: names.map((name) => fieldMeta(name, "text")),
  }) as unknown as ObjectMeta;

async function askedBy(submission: ObjectMeta) {
  vi.mocked(listRecords).mockResolvedValue({ items: [], next_cursor: null });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <HeldList submission={submission} filter={'state == "held"'} />
    </QueryClientProvider>,
  );
  await waitFor(() => expect(screen.getByText("没有待审核的提交。")).toBeInTheDocument());
  return vi.mocked(listRecords).mock.lastCall?.[1];
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
});

it("asks for what an entry shows", async () => {
  const all = ["name", "state", "reason", "received_at", "values", "origin", "lead"];
  expect(await askedBy(submissionOf(...all))).toMatchObject({ fields: all.join(","), sort: "-received_at" });
});

it("does not ask for what is hidden from the caller, which would be refused", async () => {
  const query = await askedBy(submissionOf("name", "state", "reason", "lead"));
  expect(query?.fields).toBe("name,state,reason,lead");
  expect(query?.sort).toBeUndefined();
});

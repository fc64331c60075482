import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { ImportDuplicates } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { Meta, ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { LikelyList } from "./likely-list";

const label = (zh: string) => ({ "zh-CN": zh, en: zh });
const lead = { name: "lead", label: label("线索"), plural: label("线索"), fields: [] } as unknown as ObjectMeta;
const account = { name: "account", label: label("客户"), plural: label("客户"), fields: [] } as unknown as ObjectMeta;
const candidates = [
  { visible: true, object: "account", id: "a-1", label: "上海星河", owner: null, probability: 0.97, reasons: [] },
  { visible: false, object: "lead", owner: { id: "u", label: "王芳" }, probability: 0.9 },
] as unknown as ImportDuplicates["first"][number]["candidates"];
const likely = (rows: number, ready = true, leftOut: string[] = []): ImportDuplicates => ({
  ready,
  left_out: leftOut,
  checked: 40,
  rows,
  first: Array.from({ length: rows }, (_, at) => ({ row: at + 2, value: `公司${at}`, candidates })),
});

function draw(what: ImportDuplicates) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(queryKeys.meta, { objects: [lead, account] } as unknown as Meta);
  return render(
    <QueryClientProvider client={client}>
      <LikelyList object={lead} likely={what} />
    </QueryClientProvider>,
  );
}

describe("rows that may be there already", () => {
  beforeEach(async () => {
    await activateLocale("zh-CN");
    await activateLateTexts();
  });

  it("are told with what they may be, in this object and in others", () => {
    draw(likely(1));
    const row = screen.getByRole("listitem");
    expect(row).toHaveTextContent("第 2 行");
    expect(within(row).getByRole("link")).toHaveAttribute("href", "/r/account/a-1");
    expect(row).toHaveTextContent("已有相似的线索，负责人：王芳");
  });

  it("are shown a few at first", () => {
    draw(likely(12));
    expect(screen.getAllByRole("listitem")).toHaveLength(8);
    fireEvent.click(screen.getByRole("button", { name: "显示前 12 行" }));
    expect(screen.getAllByRole("listitem")).toHaveLength(12);
  });

  it("are nothing where there are none, and said to come where they are still looked for", () => {
    const { container, unmount } = draw(likely(0));
    expect(container).toBeEmptyDOMElement();
    unmount();
    draw(likely(0, false));
    expect(screen.getByText(/查重还在读取数据；/)).toBeInTheDocument();
  });

  it("are told as far as they are found while others are still looked for", () => {
    draw(likely(3, false));
    expect(screen.getAllByRole("listitem")).toHaveLength(3);
    expect(screen.getByText(/只是目前已找到的/)).toBeInTheDocument();
  });

  it("come with what was too much to compare with", () => {
    const { unmount } = draw(likely(1, true, ["account", "gone"]));
    expect(screen.getByText("以下记录数量过多，未参与比对：客户、gone")).toBeInTheDocument();
    expect(screen.getAllByRole("listitem")).toHaveLength(1);
    unmount();
    const { container } = draw(likely(0, true, ["lead"]));
    expect(container).toHaveTextContent(/^以下记录数量过多，未参与比对：线索$/);
  });
});

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { beforeEach, expect, it, vi } from "vitest";
import type { FixPreview, QualityRule } from "@/api/quality";
import * as quality from "@/api/quality";
import { queryKeys } from "@/api/query-keys";
import type { Meta, ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { FixDrawer } from "./fix-drawer";

vi.mock("@tanstack/react-router", async (original) => ({ ...(await original<object>()), useBlocker: vi.fn() }));
vi.mock("./fix-changes", () => ({ FixChanges: () => null }));

const object = {
  name: "account",
  label: { "zh-CN": "客户", en: "Account" },
  plural: { "zh-CN": "客户", en: "Accounts" },
  fields: [{ name: "phone", type: "phone", label: { "zh-CN": "电话", en: "Phone" }, masked: null }],
} as unknown as ObjectMeta;
const rule = { name: { "zh-CN": "电话", en: "" }, field: "phone", fix: "normalise", fix_field: null } as QualityRule;

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  const unseen = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  vi.stubGlobal("ResizeObserver", unseen);
});

it("shows anew what it would do when the records were changed meanwhile, and does that", async () => {
  const previews = [
    { changed: 2, digest: "old" },
    { changed: 1, digest: "new" },
  ] as FixPreview[];
  const preview = vi.spyOn(quality, "previewFix").mockImplementation(async () => previews.shift() as FixPreview);
  const run = vi.spyOn(quality, "runFix").mockRejectedValueOnce(new Error("这些记录已有变化"));
  const client = new QueryClient();
  client.setQueryData(queryKeys.meta, { objects: [] } as unknown as Meta);
  const onClose = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <App>
        <FixDrawer object={object} scope={{ ids: ["1", "2"] }} rule={rule} onClose={onClose} />
      </App>
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByRole("button", { name: "预览修改" }));
  fireEvent.click(await screen.findByRole("button", { name: /2/ }));
  expect(await screen.findByText("这些记录已有变化")).toBeInTheDocument();
  // What was shown is gone: it cannot be done a second time.
  expect(screen.getByRole("button", { name: "预览修改" })).toBeEnabled();
  fireEvent.click(screen.getByRole("button", { name: "重新预览" }));
  const apply = await screen.findByRole("button", { name: /1/ });
  expect(screen.queryByText("这些记录已有变化")).toBeNull();
  expect(preview).toHaveBeenCalledTimes(2);
  run.mockResolvedValueOnce({ changed: 1, refused: 0, problems: [], change_id: "c" } as never);
  fireEvent.click(apply);
  await waitFor(() => expect(onClose).toHaveBeenCalledWith(true));
  expect(run.mock.calls.map(([, input]) => input.digest)).toEqual(["old", "new"]);
});

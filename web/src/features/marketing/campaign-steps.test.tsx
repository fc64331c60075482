import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { App } from "antd";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { FieldMeta, Me, Meta, ObjectMeta, RecordData } from "@/api/types";
import { CreateRecordContext } from "@/engine/form/create-record";
import { FormatsProvider } from "@/i18n/formats";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { CampaignSteps } from "./campaign-steps";

const label = (zh: string) => ({ "zh-CN": zh, en: zh });
const text = (name: string, zh: string, more: Partial<FieldMeta> = {}) =>
  fieldMeta(name, "text", { label: label(zh), ...more });
const campaign = {
  name: "campaign",
  label: label("活动"),
  fields: [
    text("research", "调研结论", { pattern: "^附近" }),
    text("plan", "活动计划"),
    text("execution", "执行情况"),
    text("review", "评估结论"),
  ],
} as unknown as ObjectMeta;
const record = {
  id: "c",
  version: 3,
  status: "planned",
  research: null,
  plan: null,
  execution: null,
  review: null,
} as unknown as RecordData;
const me = {
  user: { id: "me", name: "A", roles: [], department: null },
  time_zone: "UTC",
  preferences: {},
} as unknown as Me;

function draw(onSave: (values: object) => Promise<void>) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(queryKeys.me, me);
  client.setQueryData(queryKeys.meta, { objects: [campaign] } as unknown as Meta);
  render(
    <QueryClientProvider client={client}>
      <FormatsProvider locale="zh-CN" timeZone="UTC" currency="CNY">
        <CreateRecordContext value={{ create: vi.fn(), edit: vi.fn() }}>
          <App>
            <CampaignSteps object={campaign} record={record} editable onSave={onSave} />
          </App>
        </CreateRecordContext>
      </FormatsProvider>
    </QueryClientProvider>,
  );
}

const step = (name: RegExp) => screen.getByRole("button", { name, expanded: false });
const write = async (words: string) => {
  await userEvent.click(screen.getByRole("button", { name: "编辑调研结论" }));
  await userEvent.type(await screen.findByRole("textbox"), words);
};

describe("a text left for another step", () => {
  beforeEach(async () => {
    await activateLocale("zh-CN");
    await activateLateTexts();
  });

  it("is saved", async () => {
    const onSave = vi.fn().mockResolvedValue(undefined);
    draw(onSave);
    await write("附近有工厂");
    await userEvent.click(step(/^计划/));
    expect(onSave).toHaveBeenCalledExactlyOnceWith({ research: "附近有工厂" }, 3);
    expect(await screen.findByRole("button", { name: "编辑活动计划" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "编辑调研结论" })).toBeNull();
  });

  it("comes back with what was written where it is refused", async () => {
    let refuse = (_: Error) => {};
    draw(
      () =>
        new Promise((_, reject) => {
          refuse = reject;
        }),
    );
    await write("附近有工厂");
    await userEvent.click(step(/^计划/));
    expect(screen.getByRole("button", { name: "编辑活动计划" })).toBeVisible();
    refuse(new Error("服务器拒绝"));
    expect(await screen.findByText("“调研”中填写的内容没有保存。")).toBeInTheDocument();
    expect(screen.getByRole("textbox")).toBeVisible();
    expect(screen.getByRole("textbox")).toHaveValue("附近有工厂");
    expect(screen.getByText("服务器拒绝")).toBeVisible();
  });

  it("stays where it cannot be saved as it is, which is said", async () => {
    const onSave = vi.fn();
    draw(onSave);
    await write("远处有工厂");
    await userEvent.click(step(/^计划/));
    expect(await screen.findByText("“调研”中填写的内容没有保存。")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: /^调研/ }));
    expect(screen.getByRole("textbox")).toBeVisible();
    expect(screen.getByRole("textbox")).toHaveValue("远处有工厂");
    expect(onSave).not.toHaveBeenCalled();
  });
});

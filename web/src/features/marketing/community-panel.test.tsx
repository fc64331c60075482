import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { fieldMeta, optionMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { Meta, ObjectMeta, RecordData } from "@/api/types";
import { CreateRecordContext } from "@/engine/form/create-record";
import { FormatsProvider } from "@/i18n/formats";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { CommunityPanel } from "./community-panel";

const community = { name: "community", title_field: "name", fields: [] } as unknown as ObjectMeta;
const record = { id: "c", version: 1, name: "幸福里" } as unknown as RecordData;

/** What a new lead begins with, where leads may come from a community that is `retired` as a source. */
async function begun(retired: boolean) {
  const lead = {
    name: "lead",
    access: { create: true },
    fields: [
      fieldMeta("community", "reference"),
      fieldMeta("source", "select", { options: [optionMeta("community", { retired }), optionMeta("web")] }),
    ],
  };
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(queryKeys.meta, { objects: [community, lead] } as unknown as Meta);
  const create = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <FormatsProvider locale="zh-CN" timeZone="UTC" currency="CNY">
        <CreateRecordContext value={{ create, edit: vi.fn() }}>
          <CommunityPanel object={community} record={record} editable onSave={vi.fn()} />
        </CreateRecordContext>
      </FormatsProvider>
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByRole("button", { name: /新建线索/ }));
  return create.mock.calls[0]?.[1];
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
});

it("begins a lead with the community and the source it stands for", async () => {
  expect(await begun(false)).toMatchObject({ community: { id: "c" }, source: "community" });
});

it("leaves the source open where it is no longer chosen", async () => {
  const values = await begun(true);
  expect(values).toMatchObject({ community: { id: "c" } });
  expect(values).not.toHaveProperty("source");
});

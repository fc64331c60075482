import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import type { Me, Meta, RecordData } from "@/api/types";
import { VIEW_LIMIT } from "@/api/views";
import { activateLocale } from "@/i18n/i18n";
import { RecordPage } from "./record-page";

vi.mock("@tanstack/react-router", async (original) => ({
  ...(await original<object>()),
  useNavigate: () => vi.fn(),
  useParams: () => ({ object: "lead", id: "r" }),
}));
vi.mock("@/api/records", async (original) => ({ ...(await original<object>()), readRecord: vi.fn() }));
vi.mock("@/ui/button-link", () => ({ ButtonLink: () => null }));
// What is said about a record and its files are asked for by this, as soon as it is there.
vi.mock("./record-screen", () => ({ RecordScreen: () => <p>the record and its story</p> }));

const story = () => screen.queryByText("the record and its story");

function open(known?: object) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(queryKeys.me, { user: { id: "me", roles: [] }, preferences: {} } as unknown as Me);
  client.setQueryData(queryKeys.meta, {
    objects: [{ name: "lead", title_field: "name", fields: [] }],
  } as unknown as Meta);
  // As a cell that was changed in a list leaves it.
  if (known) client.setQueryData(queryKeys.record("lead", "r"), known, { updatedAt: 0 });
  render(
    <QueryClientProvider client={client}>
      <RecordPage />
    </QueryClientProvider>,
  );
}

beforeEach(() => activateLocale("en"));

it("asks for what belongs to a record once the record itself has been read, for that opens it", async () => {
  let read: (record: RecordData) => void = () => {};
  vi.mocked(readRecord).mockReturnValue(
    new Promise((resolve) => {
      read = resolve;
    }),
  );
  open({ id: "r", name: "A" });
  expect(story()).toBeNull();
  read({ id: "r", version: 1, name: "A", created_at: "2026-11-30T02:00:00Z" } as unknown as RecordData);
  expect(await screen.findByText("the record and its story")).toBeVisible();
});

it("asks for none of it where no more may be opened, and says until when", async () => {
  const detail = "2 were opened today";
  const refused = { status: 409, code: VIEW_LIMIT, title: "Conflict", problem: { code: VIEW_LIMIT, detail } };
  vi.mocked(readRecord).mockRejectedValue(new ApiError(refused as ConstructorParameters<typeof ApiError>[0]));
  open();
  expect(await screen.findByText(detail, {}, { timeout: 10_000 })).toBeVisible();
  expect(story()).toBeNull();
});

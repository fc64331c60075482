import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import type { Me, ObjectMeta, RecordData } from "@/api/types";
import { activateLocale } from "@/i18n/i18n";
import { CardMenu } from "./card-menu";
import type { BoardColumn } from "./columns";

vi.mock("@tanstack/react-router", async (original) => ({ ...(await original<object>()), useNavigate: () => vi.fn() }));

const asked = vi.hoisted(() => vi.fn());
vi.mock("@/api/rights", () => ({
  explanationOptions: (object: string, id: string) => ({ queryKey: ["access", object, id], queryFn: asked }),
}));

const object = {
  name: "deal",
  label: { "zh-CN": "商机", en: "Deal" },
  access: { update: true, delete: false },
  fields: [
    { name: "name", type: "text" },
    { name: "owner", type: "user", read_only: true },
  ],
} as unknown as ObjectMeta;

beforeEach(() => {
  asked.mockReset();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});

/** The item of a card's menu by which it is edited, of a card that is `owner`'s. */
async function editOf(owner: string): Promise<HTMLElement> {
  await activateLocale("en");
  const client = new QueryClient();
  client.setQueryData(queryKeys.me, { user: { id: "me", roles: [] }, preferences: {} } as unknown as Me);
  const record = { id: "r", version: 1, name: "A", owner: { id: owner, label: owner } } as unknown as RecordData;
  const column = { key: "new" } as BoardColumn;
  render(
    <QueryClientProvider client={client}>
      <CardMenu
        object={object}
        record={record}
        title="A"
        column={column}
        columns={[column]}
        move={{ canMove: false, move: vi.fn() }}
      />
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByRole("button"));
  return screen.findByRole("menuitem", { name: "Edit" });
}

const answer = (allowed: boolean) => asked.mockResolvedValue({ verbs: [{ verb: "update", allowed, reasons: [] }] });

it("lets one's own card be edited without asking", async () => {
  expect(await editOf("me")).not.toHaveAttribute("aria-disabled", "true");
  expect(asked).not.toHaveBeenCalled();
});

it("asks about the card of another once its menu is open, and offers nothing he may not", async () => {
  answer(false);
  const edit = await editOf("li");
  await waitFor(() => expect(asked).toHaveBeenCalledOnce());
  expect(edit).toHaveAttribute("aria-disabled", "true");
});

it("offers to edit the card of another where that is allowed", async () => {
  answer(true);
  const edit = await editOf("li");
  await waitFor(() => expect(edit).not.toHaveAttribute("aria-disabled", "true"));
});

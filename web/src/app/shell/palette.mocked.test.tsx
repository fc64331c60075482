import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { App } from "antd";
import { beforeEach, expect, it, vi } from "vitest";
import { activateLocale } from "@/i18n/i18n";
import { Palette } from "./palette";

const entry = vi.hoisted(() => ({ run: vi.fn(), edit: vi.fn(), remove: vi.fn() }));
vi.mock("./palette-items", () => ({
  usePaletteItems: () => ({
    items: [
      {
        key: "one",
        group: "records",
        icon: null,
        text: "上海星河",
        run: entry.run,
        edit: { label: "改", run: entry.edit },
        remove: { label: "删", run: entry.remove },
      },
    ],
    searching: false,
    hint: "",
    maySave: true,
    standing: null,
  }),
}));
vi.mock("./palette-row", () => ({ PaletteRow: ({ item }: { item: { text: string } }) => <p>{item.text}</p> }));

const close = vi.fn();

async function open() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <App>
        <Palette onClose={close} onHelp={vi.fn()} />
      </App>
    </QueryClientProvider>,
  );
  const box = screen.getByRole("combobox");
  await userEvent.type(box, "星河");
  return box;
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  vi.clearAllMocks();
  Element.prototype.scrollIntoView = vi.fn();
  vi.stubGlobal("matchMedia", (media: string) => ({
    matches: false,
    media,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
  }));
});

it("runs the chosen entry by Enter", async () => {
  await userEvent.type(await open(), "{Enter}");
  expect(entry.run).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalledOnce();
});

it("runs no entry that is out of sight while a search is being saved", async () => {
  const box = await open();
  await userEvent.click(box);
  await userEvent.keyboard("{Control>}s{/Control}");
  expect(await screen.findByRole("form")).toBeInTheDocument();
  await userEvent.click(box);
  await userEvent.keyboard("{Enter}{F2}{Shift>}{Delete}{/Shift}");
  expect(entry.run).not.toHaveBeenCalled();
  expect(entry.edit).not.toHaveBeenCalled();
  expect(entry.remove).not.toHaveBeenCalled();
  expect(close).not.toHaveBeenCalled();
  expect(screen.getByRole("form")).toBeInTheDocument();
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("form")).toBeNull();
  expect(close).not.toHaveBeenCalled();
});

import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { type DrawnStep, LaneDiagram } from "./lane-diagram";

const step = (id: string, lane: string, ...after: string[]): DrawnStep => ({
  id,
  name: id,
  lane,
  after,
  state: "pending",
  note: "待定",
  said: id,
});
const STEPS = [step("需求", "s"), step("方案", "m", "需求"), step("支持", "c", "需求")];
const NAMES: { [lane: string]: string } = { s: "销售", m: "市场", c: "客服" };
const LANES = ["s", "m", "c"];

function Diagram({ onOpen }: { onOpen?: (id: string) => void }) {
  const [selected, setSelected] = useState<string | null>(null);
  return (
    <LaneDiagram
      label="流程图"
      steps={STEPS}
      lanes={LANES}
      laneName={(lane) => NAMES[lane] ?? lane}
      selected={selected}
      onSelect={setSelected}
      {...(onOpen ? { onOpen } : {})}
    />
  );
}

beforeAll(async () => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  window.matchMedia ??= ((query: string) => ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  })) as unknown as typeof window.matchMedia;
  await activateLocale("zh-CN");
  await activateLateTexts();
});

describe("the diagram of a process", () => {
  it("says of each step who does it and what it waits for, and is one stop of the Tab key", () => {
    render(<Diagram />);
    expect(screen.getByRole("button", { name: "需求、销售" })).toHaveProperty("tabIndex", 0);
    expect(screen.getByRole("button", { name: "方案、市场、在“需求”之后" })).toHaveProperty("tabIndex", -1);
  });

  it("is walked with the arrow keys, which select as they go", () => {
    const opened = vi.fn();
    render(<Diagram onOpen={opened} />);
    const first = screen.getByRole("button", { name: /^需求/ });
    first.focus();
    fireEvent.keyDown(first, { key: "ArrowRight" });
    const offer = screen.getByRole("button", { name: /^方案/ });
    expect(document.activeElement).toBe(offer);
    expect(offer).toHaveAttribute("aria-pressed", "true");
    fireEvent.keyDown(offer, { key: "ArrowDown" });
    const support = screen.getByRole("button", { name: /^支持/ });
    expect(document.activeElement).toBe(support);
    expect(support).toHaveProperty("tabIndex", 0);
    fireEvent.click(support);
    expect(opened).toHaveBeenCalledWith("支持");
  });
});

import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import type { ObjectMeta, RecordData } from "@/api/types";
import { calendarShape, readEvent } from "./events";
import { HOLD_MS } from "./touch-press";
import { useEventDrag } from "./use-event-drag";

const object = {
  fields: [fieldMeta("due", "date")],
  views: { calendar: { start: "due", end: null, title: "due", color_by: null } },
} as unknown as ObjectMeta;
const shape = calendarShape(object);
const record = { id: "a", version: 1, due: "2026-12-01" } as unknown as RecordData;
const event = shape && readEvent(record, shape, "UTC");
const onDrop = vi.fn();
const onOpen = vi.fn();
/** The days stand side by side, each so many pixels wide. */
const WIDTH = 50;

function Days() {
  if (!shape || !event) throw new Error("no calendar");
  const drag = useEventDrag({ shape, timeZone: "UTC", enabled: true, onDrop });
  return (
    <div data-testid="page">
      {["2026-12-01", "2026-12-02", "2026-12-03"].map((day) => (
        <div key={day} data-day={day} data-testid={day} data-drop={drag.over?.day === day || undefined}>
          {(drag.preview ?? event).start === day ? (
            <button type="button" onPointerDown={drag.start(event, "move")} onClick={onOpen}>
              event
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}

const chip = () => screen.getByRole("button");
const finger = (x: number) => ({
  pointerType: "touch",
  pointerId: 7,
  isPrimary: true,
  button: 0,
  clientX: x,
  clientY: 9,
});
const rest = () => act(() => vi.advanceTimersByTime(HOLD_MS));

beforeEach(() => {
  vi.useFakeTimers();
  onDrop.mockClear();
  onOpen.mockClear();
  document.elementsFromPoint = (x) =>
    [...document.querySelectorAll("[data-day]")].filter((_, at) => at === Math.floor(x / WIDTH));
  render(<Days />);
});
afterEach(() => {
  // What keeps a click back after a drag is taken away by a timer.
  vi.runAllTimers();
  vi.useRealTimers();
});

it("is carried by a finger that rested on it, over a day that shows it, and dropped there", () => {
  const begun = chip();
  fireEvent.pointerDown(begun, finger(10));
  // Not before: until then the browser may scroll.
  expect(fireEvent.touchMove(begun, { cancelable: true })).toBe(true);
  rest();
  expect(screen.getByTestId("2026-12-01")).toHaveAttribute("data-drop");
  expect(fireEvent.contextMenu(begun)).toBe(false);
  fireEvent.pointerMove(document.body, finger(120));
  expect(screen.getByTestId("2026-12-03")).toHaveAttribute("data-drop");
  // Its element is another one by now; the touch goes on being told to the first, which keeps the page still.
  expect(begun.isConnected).toBe(false);
  const move = new Event("touchmove", { cancelable: true });
  begun.dispatchEvent(move);
  expect(move.defaultPrevented).toBe(true);
  fireEvent.pointerUp(document.body, finger(120));
  expect(onDrop).toHaveBeenCalledExactlyOnceWith(event, { due: "2026-12-03" });
  expect(document.querySelector("[data-drop]")).toBeNull();
});

it("stays where it is while a finger scrolls, and opens where one taps", () => {
  fireEvent.pointerDown(chip(), finger(10));
  fireEvent.pointerMove(chip(), finger(60));
  rest();
  fireEvent.pointerMove(chip(), finger(120));
  expect(document.querySelector("[data-drop]")).toBeNull();
  fireEvent.pointerCancel(chip(), finger(120));
  fireEvent.pointerDown(chip(), finger(10));
  fireEvent.pointerUp(chip(), finger(10));
  fireEvent.click(chip());
  expect([onDrop.mock.calls.length, onOpen.mock.calls.length]).toEqual([0, 1]);
});

it("is put back where the browser takes the touch over, by Escape, and where it was not moved", () => {
  for (const end of [
    () => fireEvent.pointerCancel(document.body, finger(70)),
    () => fireEvent.keyDown(window, { key: "Escape" }),
    () => {
      fireEvent.pointerMove(document.body, finger(12));
      fireEvent.pointerUp(document.body, finger(12));
    },
  ]) {
    fireEvent.pointerDown(chip(), finger(10));
    rest();
    fireEvent.pointerMove(document.body, finger(70));
    end();
    expect(screen.getByTestId("2026-12-01")).toContainElement(chip());
  }
  // Another finger carries nothing.
  fireEvent.pointerDown(chip(), { ...finger(10), isPrimary: false });
  rest();
  expect(document.querySelector("[data-drop]")).toBeNull();
  expect(onDrop).not.toHaveBeenCalled();
});

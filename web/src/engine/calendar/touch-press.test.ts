import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { edgeStep, HOLD_MS, SLACK, startPress } from "./touch-press";

const from = { x: 100, y: 100 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a finger on an event", () => {
  it("holds it once it has rested, and carries it from then on", () => {
    const onHold = vi.fn();
    const press = startPress(from, onHold);
    // A hand is never quite still.
    expect(press.move({ x: 100 + SLACK, y: 100 })).toBe(false);
    vi.advanceTimersByTime(HOLD_MS - 1);
    expect([press.held(), onHold.mock.calls.length]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect(onHold).toHaveBeenCalledOnce();
    expect(press.move({ x: 300, y: 400 })).toBe(true);
    expect(press.end()).toBe(true);
    // The click that a browser makes of it comes after the finger is lifted, and is to be kept back.
    expect(press.held()).toBe(true);
  });

  it("scrolls where it moves before, however long it stays down", () => {
    const onHold = vi.fn();
    const press = startPress(from, onHold);
    vi.advanceTimersByTime(HOLD_MS / 2);
    expect(press.move({ x: 100, y: 100 + SLACK + 1 })).toBe(false);
    vi.advanceTimersByTime(10 * HOLD_MS);
    expect(press.move(from)).toBe(false);
    expect([press.end(), press.held(), onHold.mock.calls.length]).toEqual([false, false, 0]);
  });

  it("taps where it is lifted before, and where the browser takes it over", () => {
    const onHold = vi.fn();
    const press = startPress(from, onHold);
    expect(press.end()).toBe(false);
    vi.advanceTimersByTime(10 * HOLD_MS);
    expect([press.held(), onHold.mock.calls.length]).toEqual([false, 0]);
  });
});

describe("an event held at an edge", () => {
  it("scrolls the hours below it that way, and nowhere else", () => {
    expect(edgeStep(110, 100, 700)).toBeLessThan(0);
    expect(edgeStep(690, 100, 700)).toBeGreaterThan(0);
    expect([edgeStep(400, 100, 700), edgeStep(90, 100, 700), edgeStep(710, 100, 700)]).toEqual([0, 0, 0]);
    // A low box has a middle all the same.
    expect(edgeStep(120, 100, 140)).toBe(0);
  });
});

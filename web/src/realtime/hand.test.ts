import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Hand } from "./hand";

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<div data-calm><p id="card"></p></div><p id="else"></p>';
});
afterEach(() => void vi.useRealTimers());

const at = (id: string, type: string) => document.getElementById(id)?.dispatchEvent(new Event(type, { bubbles: true }));

describe("the reader's hand", () => {
  it("lets what would move under it wait until it rests", () => {
    const hand = new Hand();
    const end = hand.watch(document);
    const moved = vi.fn();
    at("card", "pointermove");
    hand.whenQuiet("list", moved);
    hand.whenQuiet("list", moved);
    vi.advanceTimersByTime(500);
    expect(moved).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(moved).toHaveBeenCalledTimes(1);
    end();
  });

  it("holds nothing up elsewhere", () => {
    const hand = new Hand();
    const end = hand.watch(document);
    const moved = vi.fn();
    at("else", "pointermove");
    hand.whenQuiet("list", moved);
    expect(moved).toHaveBeenCalledTimes(1);
    end();
  });

  it("waits while a card is held, and not for ever", () => {
    const hand = new Hand();
    const end = hand.watch(document);
    const [moved, other] = [vi.fn(), vi.fn()];
    at("card", "pointerdown");
    hand.whenQuiet("list", moved);
    vi.advanceTimersByTime(5_000);
    expect(moved).not.toHaveBeenCalled();
    vi.advanceTimersByTime(4_000);
    expect(moved).toHaveBeenCalledTimes(1);
    hand.whenQuiet("other", other);
    at("else", "pointerup");
    vi.advanceTimersByTime(1_500);
    expect(other).toHaveBeenCalledTimes(1);
    end();
  });
});

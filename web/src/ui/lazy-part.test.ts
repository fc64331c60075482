import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadPart } from "./lazy-part";

const failed = () => new TypeError("Failed to fetch dynamically imported module: /assets/x.js");

describe("a part of the app that cannot be fetched", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is fetched again after a while", async () => {
    const load = vi.fn(async () => "part").mockRejectedValueOnce(failed());
    const part = loadPart(load);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await part).toBe("part");
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("waits for the network where there is none", async () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    const load = vi.fn(async () => "part").mockRejectedValueOnce(failed());
    const part = loadPart(load);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(load).toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event("online"));
    expect(await part).toBe("part");
  });

  it("is given up in the end, and at once where something else is wrong", async () => {
    const gone = vi.fn(() => Promise.reject(failed()));
    const ended = expect(loadPart(gone)).rejects.toThrow("dynamically imported");
    await vi.advanceTimersByTimeAsync(20_000);
    await ended;
    expect(gone).toHaveBeenCalledTimes(4);
    const broken = vi.fn(() => Promise.reject(new Error("a mistake")));
    await expect(loadPart(broken)).rejects.toThrow("a mistake");
    expect(broken).toHaveBeenCalledTimes(1);
  });
});

import { describe, expect, it } from "vitest";
import { keyName } from "./shortcuts";

const press = (key: string, held: Partial<Parameters<typeof keyName>[0]> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe("the names of keys", () => {
  it("are small letters, with what is held before them", () => {
    expect(press("K", { ctrlKey: true })).toBe("mod+k");
    expect(press("k", { metaKey: true })).toBe("mod+k");
    expect(press("Enter", { shiftKey: true })).toBe("shift+Enter");
    expect(press("?", { shiftKey: true })).toBe("?");
  });

  it("are the same on a Chinese keyboard, which types other marks", () => {
    expect(press("？", { shiftKey: true })).toBe("?");
    expect(press("、")).toBe("/");
  });
});

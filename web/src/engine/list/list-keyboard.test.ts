import { describe, expect, it } from "vitest";
import { keyName } from "@/ui/shortcuts";
import { LIST_KEYS, type ListCommand, listCommand, SHARED_KEYS } from "./list-keyboard";

const size = { rows: 5, columns: 3, page: 2 };
const at = (row: number, column = 0) => ({ row, column });
const cursorAfter = (command: ListCommand | null) => (command?.type === "move" ? command.cursor : null);

describe("moving in the list", () => {
  it("starts at the first cell", () => {
    expect(cursorAfter(listCommand("j", null, size, false))).toEqual(at(0, 0));
  });

  it("goes down and up and stops at the ends", () => {
    expect(cursorAfter(listCommand("j", at(1), size, false))).toEqual(at(2));
    expect(cursorAfter(listCommand("ArrowUp", at(1), size, false))).toEqual(at(0));
    expect(cursorAfter(listCommand("k", at(0), size, false))).toEqual(at(0));
    expect(cursorAfter(listCommand("j", at(4), size, false))).toEqual(at(4));
    expect(cursorAfter(listCommand("PageDown", at(1, 2), size, false))).toEqual(at(3, 2));
    expect(cursorAfter(listCommand("End", at(1, 1), size, false))).toEqual(at(4, 1));
    expect(cursorAfter(listCommand("Home", at(3, 1), size, false))).toEqual(at(0, 1));
  });

  it("goes along the columns and stops at the sides", () => {
    expect(cursorAfter(listCommand("l", at(1, 2), size, false))).toEqual(at(1, 2));
    expect(cursorAfter(listCommand("ArrowLeft", at(1, 2), size, false))).toEqual(at(1, 1));
    expect(cursorAfter(listCommand("h", at(1, 0), size, false))).toEqual(at(1, 0));
  });

  it("extends the selection with shift", () => {
    expect(listCommand("shift+ArrowDown", at(1), size, false)).toEqual({ type: "move", cursor: at(2), extend: true });
  });

  it("does nothing in an empty list", () => {
    expect(listCommand("j", null, { ...size, rows: 0 }, false)).toBeNull();
  });
});

describe("doing things in the list", () => {
  it("opens with Enter in the first column and edits in the others", () => {
    expect(listCommand("Enter", at(1, 0), size, true)).toEqual({ type: "open" });
    expect(listCommand("Enter", at(1, 1), size, true)).toEqual({ type: "edit" });
    expect(listCommand("Enter", at(1, 1), size, false)).toEqual({ type: "open" });
    expect(listCommand("o", at(1, 1), size, true)).toEqual({ type: "open" });
    expect(listCommand("e", at(1, 1), size, true)).toEqual({ type: "edit" });
  });

  it("needs a row for what happens to a row", () => {
    for (const key of ["Enter", "o", "e", "x", " "]) expect(listCommand(key, null, size, true), key).toBeNull();
  });

  it("creates, searches, filters and clears from anywhere", () => {
    expect(listCommand("c", null, size, false)).toEqual({ type: "create" });
    expect(listCommand("/", null, size, false)).toEqual({ type: "search" });
    expect(listCommand("f", null, size, false)).toEqual({ type: "filter" });
    expect(listCommand("Escape", at(1), size, false)).toEqual({ type: "clear" });
    expect(listCommand("mod+a", null, size, false)).toEqual({ type: "selectAll" });
    expect(listCommand("q", at(1), size, false)).toBeNull();
  });

  it("shares the keys that buttons and menus need", () => {
    for (const key of ["Enter", " ", "ArrowDown", "mod+a"]) expect(SHARED_KEYS.has(key), key).toBe(true);
    for (const key of ["j", "x", "c", "/"]) expect(SHARED_KEYS.has(key), key).toBe(false);
    expect(new Set(LIST_KEYS).size).toBe(LIST_KEYS.length);
  });
});

describe("key names", () => {
  const press = (key: string, mods: Partial<KeyboardEvent> = {}) =>
    keyName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...mods });

  it("name the key and what is held with it", () => {
    expect(press("K", { ctrlKey: true })).toBe("mod+k");
    expect(press("k", { metaKey: true })).toBe("mod+k");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("ArrowDown", { shiftKey: true })).toBe("shift+ArrowDown");
  });
});

import { describe, expect, it } from "vitest";
import { canMove, moved, readArrangement, shownAgain, standard } from "./arrangement";

const all = () => true;

describe("the arrangement of the home page", () => {
  it("is the standard one for whoever never touched it, and forgives what it does not know", () => {
    for (const stored of [undefined, null, "tasks", 7]) expect(readArrangement(stored)).toEqual(standard());
    const read = readArrangement({
      left: ["recents", "gone", "recents", 3],
      right: "tasks",
      hidden: ["tasks", "recents"],
    });
    // What is not named stands where it stands by itself.
    expect(read).toEqual({
      left: ["recents", "waiting", "changes"],
      right: ["today", "pipeline", "notices"],
      hidden: ["tasks", "shortcuts", "funnel", "trend"],
    });
  });

  it("moves a card past those that are not on the page, and not beyond the ends", () => {
    const there = (card: string) => card !== "pipeline";
    const up = moved(standard(), "notices", "up", there);
    expect(up.right).toEqual(["notices", "today", "pipeline", "recents"]);
    expect(moved(up, "notices", "up", there)).toEqual(up);
    expect([canMove(up, "notices", "up", there), canMove(up, "notices", "down", there)]).toEqual([false, true]);
    expect(moved(up, "today", "down", there).right).toEqual(["notices", "pipeline", "recents", "today"]);
  });

  it("moves a card across, hides it and brings it back to its own side", () => {
    const across = moved(standard(), "tasks", "across", all);
    expect([across.left, across.right.at(-1)]).toEqual([["waiting", "changes"], "tasks"]);
    const hidden = moved(across, "tasks", "hide", all);
    expect(hidden.hidden).toEqual(["shortcuts", "funnel", "trend", "tasks"]);
    expect(canMove(hidden, "tasks", "up", all)).toBe(false);
    expect(moved(hidden, "tasks", "across", all)).toEqual(hidden);
    const back = shownAgain(hidden, "tasks");
    expect([back.left, back.hidden]).toEqual([
      ["waiting", "changes", "tasks"],
      ["shortcuts", "funnel", "trend"],
    ]);
    expect(readArrangement(JSON.parse(JSON.stringify(back)))).toEqual(back);
  });
});

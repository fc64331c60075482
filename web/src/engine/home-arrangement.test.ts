import { describe, expect, it } from "vitest";
import {
  canMove,
  figureCard,
  figureOf,
  moved,
  placeOf,
  readArrangement,
  shownAgain,
  standard,
} from "./home-arrangement";

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
      top: ["numbers"],
      left: ["recents", "waiting", "changes"],
      right: ["unread", "today", "pipeline", "notices"],
      hidden: ["tasks", "load", "shortcuts"],
    });
  });

  it("moves a card past those that are not on the page, and not beyond the ends", () => {
    const there = (card: string) => card !== "pipeline";
    const up = moved(standard(), "notices", "up", there);
    expect(up.right).toEqual(["unread", "notices", "today", "pipeline", "recents"]);
    const top = moved(up, "notices", "up", there);
    expect(moved(top, "notices", "up", there)).toEqual(top);
    expect([canMove(top, "notices", "up", there), canMove(top, "notices", "down", there)]).toEqual([false, true]);
    expect(moved(up, "today", "down", there).right).toEqual(["unread", "notices", "pipeline", "recents", "today"]);
  });

  it("moves a card across, hides it and brings it back to its own side", () => {
    const across = moved(standard(), "tasks", "across", all);
    expect([across.left, across.right.at(-1)]).toEqual([["waiting", "changes"], "tasks"]);
    const hidden = moved(across, "tasks", "hide", all);
    expect(hidden.hidden).toEqual(["load", "shortcuts", "tasks"]);
    expect(canMove(hidden, "tasks", "up", all)).toBe(false);
    expect(moved(hidden, "tasks", "across", all)).toEqual(hidden);
    const back = shownAgain(hidden, "tasks");
    expect([back.left, back.hidden]).toEqual([
      ["waiting", "changes", "tasks"],
      ["load", "shortcuts"],
    ]);
    expect(readArrangement(JSON.parse(JSON.stringify(back)))).toEqual(back);
  });

  it("begins as one's role has it: who leads sees the load of his people, who serves no pipeline", () => {
    expect(standard(["member", "sales_manager"]).left).toContain("load");
    expect(standard(["sales"]).hidden).toContain("load");
    expect(standard(["service_agent"]).hidden).toContain("pipeline");
    expect(standard(["analyst"]).right).toContain("figure.funnel");
    // Whoever leads and serves is one who leads.
    expect(standard(["service_agent", "sales_manager"]).left).toContain("load");
    for (const roles of [[], ["sales_manager"], ["operator"], ["analyst"], ["dispatcher"]]) {
      const { top, left, right, hidden } = standard(roles);
      const all = [...top, ...left, ...right, ...hidden];
      expect(new Set(all).size).toBe(all.length);
      expect(all.filter((card) => figureOf(card) === null)).toHaveLength(11);
    }
    // What one arranged stays as it is, whatever role comes with it.
    const mine = moved(standard(["sales"]), "tasks", "hide", all);
    expect(readArrangement(mine, ["sales_manager"])).toEqual(mine);
  });

  it("hides the numbers and brings them back above the columns", () => {
    const hidden = moved(standard(), "numbers", "hide", all);
    expect([hidden.top, hidden.hidden.at(-1)]).toEqual([[], "numbers"]);
    expect(moved(standard(), "numbers", "across", all)).toEqual(standard());
    expect(shownAgain(hidden, "numbers").top).toEqual(["numbers"]);
  });

  it("keeps figures of the analyses wherever they were put, also under their former names", () => {
    const pinned = shownAgain(standard(["sales"]), figureCard("pool_flow"));
    expect(pinned.right.at(-1)).toBe("figure.pool_flow");
    expect(readArrangement(JSON.parse(JSON.stringify(pinned)), ["sales"])).toEqual(pinned);
    const old = readArrangement({ left: ["trend", "figure.rate", "figure.no way"], hidden: ["funnel", "tasks"] });
    expect(old.left.slice(0, 2)).toEqual(["figure.trend", "figure.rate"]);
    expect(old.hidden.slice(0, 2)).toEqual(["figure.funnel", "tasks"]);
    expect([figureOf("figure.rate"), figureOf("tasks")]).toEqual(["rate", null]);
    // What an analyst took off his page does not come back by itself.
    const off = moved(standard(["analyst"]), figureCard("funnel"), "hide", all);
    expect(placeOf(readArrangement(JSON.parse(JSON.stringify(off)), ["analyst"]), figureCard("funnel"))).toBeNull();
  });
});

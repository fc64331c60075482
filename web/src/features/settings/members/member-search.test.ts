import { expect, it } from "vitest";
import { ALL_ACTIVE, filterOf, MOST_WAITING } from "./member-search";

it("asks for what is chosen, and a branch administrator for his branches alone", () => {
  expect(filterOf(ALL_ACTIVE, [], true)).toBe("active");
  const department = { id: "d1", label: "北区" };
  expect(filterOf({ ...ALL_ACTIVE, state: "inactive", role: "sales", department }, [], false)).toBe(
    '!active && "sales" in roles && department == "d1" && department in me.branches',
  );
});

it("names those who wait by their ids, as many as an address holds", () => {
  const waiting = { ...ALL_ACTIVE, state: "waiting" as const };
  expect(filterOf(waiting, [], true)).toBe("active && false");
  expect(filterOf(waiting, ["a", "b"], true)).toBe('active && id in ["a", "b"]');
  const many = Array.from({ length: MOST_WAITING + 5 }, (_, n) => `m${n}`);
  expect(filterOf(waiting, many, true).split(",")).toHaveLength(MOST_WAITING);
});

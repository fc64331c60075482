import { expect, it } from "vitest";
import { hasTooFewDigits } from "./few-digits";

it("one or two digits alone are too few, in characters of either width", () => {
  for (const typed of ["1", "13", " １３ "]) expect(hasTooFewDigits(typed), typed).toBe(true);
  for (const typed of ["", "138", "1a", "a1", "1 3", "-1", "王"]) expect(hasTooFewDigits(typed), typed).toBe(false);
});

import { expect, it } from "vitest";
import { placeOf } from "./place";

it("is the beginning of the address that names a company beside the main one", () => {
  for (const [pathname, place] of [
    ["/w/exam_1/o/account", "/w/exam_1"],
    ["/w/exam", "/w/exam"],
    ["/w/exam/", "/w/exam"],
    ["/home", ""],
    ["/w/", ""],
    ["/w/Exam/home", ""],
    ["/w/1a/home", ""],
    ["/o/w/exam", ""],
    ["//w/exam", ""],
  ] as const) {
    expect(placeOf(pathname), pathname).toBe(place);
  }
});

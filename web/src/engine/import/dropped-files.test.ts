import { describe, expect, it } from "vitest";
import { droppedFiles, tablesOf } from "./dropped-files";

const file = (name: string) => new File(["x"], name);
const entryOf = (one: File) => ({ isFile: true, isDirectory: false, file: (then: (file: File) => void) => then(one) });
/** A folder that tells what is in it two at a time, as browsers do a hundred at a time. */
function folder(within: object[]) {
  const createReader = () => {
    const left = [...within];
    return { readEntries: (then: (entries: object[]) => void) => then(left.splice(0, 2)) };
  };
  return { isFile: false, isDirectory: true, createReader };
}
const transfer = (files: File[], entries: object[]) =>
  ({ files, items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })) }) as unknown as DataTransfer;

describe("what was dropped", () => {
  it("is all tables of a folder and of folders within it", async () => {
    const inner = folder([entryOf(file("c.xlsx")), entryOf(file(".DS_Store"))]);
    const outer = folder([entryOf(file("b.csv")), entryOf(file("readme.pdf")), inner, entryOf(file("a.CSV"))]);
    const found = await droppedFiles(transfer([file("folder")], [outer]));
    expect(found.map(({ name }) => name)).toEqual(["a.CSV", "b.csv", "c.xlsx"]);
  });

  it("stays as it is where there is no folder, so that what is no table is told", async () => {
    const files = [file("b.pdf"), file("a.csv")];
    expect(await droppedFiles(transfer(files, files.map(entryOf)))).toEqual(files);
    const beside = await droppedFiles(transfer(files, [entryOf(file("b.pdf")), folder([entryOf(file("x.csv"))])]));
    expect(beside.map(({ name }) => name)).toEqual(["b.pdf", "x.csv"]);
  });

  it("is no more than can be looked at", () => {
    expect(tablesOf(Array.from({ length: 300 }, (_, at) => file(`${at}.csv`)))).toHaveLength(200);
  });
});

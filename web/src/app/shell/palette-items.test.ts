import { expect, test } from "vitest";
import type { Meta, SearchHit } from "@/api/types";
import { bestHits } from "./palette-items";

const object = (name: string, quick_log: string[]) => ({ name, views: { record: { quick_log } } });
const meta = { objects: [object("activity", []), object("account", ["call"])] } as unknown as Meta;
const hit = (kind: string, id: string): SearchHit => ({
  object: kind,
  id,
  label: id,
  subtitle: "",
  matched: [],
  typo: false,
});

test("customers come before what was logged about them, and no kind crowds out another", () => {
  const calls = ["1", "2", "3", "4", "5", "6", "7"].map((id) => hit("activity", id));
  const found = bestHits(meta, [...calls, hit("account", "a")]);
  expect(found.map((one) => one.id)).toEqual(["a", "1", "2", "3", "4", "5"]);
});

test("what was nearly typed comes last, whatever it is", () => {
  const found = bestHits(meta, [{ ...hit("account", "nearly"), typo: true }, hit("activity", "1")]);
  expect(found.map((one) => one.id)).toEqual(["1", "nearly"]);
});

test("those that are called so come before those found by something else, which do not crowd them out", () => {
  const byAddress = ["1", "2", "3", "4", "5", "6"].map((id) => hit("account", id));
  const found = bestHits(meta, [hit("activity", "zs"), ...byAddress, hit("account", "zs")], ({ id }) => id === "zs");
  expect(found.map((one) => `${one.object} ${one.id}`)).toEqual([
    "account zs",
    "account 1",
    "account 2",
    "account 3",
    "account 4",
    "activity zs",
  ]);
});

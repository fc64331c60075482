import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/errors";
import type { RunState, Target } from "@/engine/list/actions/run-over";
import { claimOutcomes, countKinds } from "./claims";

const target = (id: string): Target => ({ id, name: `线索${id}` });
const targets = ["a", "b", "c", "d", "e"].map(target);
const refused = (id: string, code: string, title: string) => ({
  ...target(id),
  error: new ApiError({ status: 409, code, title }),
});
const state = (more: Partial<RunState>): RunState => ({ total: 5, done: [], refused: [], waiting: false, ...more });

describe("what became of records that were claimed together", () => {
  it("is told of each, in the order they were ticked, whoever was faster and whatever was not tried", () => {
    const end = state({
      done: [target("c"), target("a")],
      refused: [
        refused("b", "already_claimed", "林晓 已于 10:00 拿到这条记录"),
        refused("d", "claim_refused", "最多 2"),
      ],
    });
    const outcomes = claimOutcomes(targets, end, [target("e")]);
    expect(outcomes.map(({ id, kind }) => [id, kind])).toEqual([
      ["a", "claimed"],
      ["b", "taken"],
      ["c", "claimed"],
      ["d", "limit"],
      ["e", "untried"],
    ]);
    expect(outcomes[1]?.error).toMatchObject({ message: "林晓 已于 10:00 拿到这条记录" });
    expect(countKinds(outcomes)).toEqual([
      { kind: "claimed", count: 2 },
      { kind: "taken", count: 1 },
      { kind: "limit", count: 1 },
      { kind: "untried", count: 1 },
    ]);
  });

  it("tells any other refusal as one, and nothing of what has no answer yet", () => {
    const now = state({ refused: [refused("a", "forbidden", "members only"), refused("b", "not_found", "gone")] });
    expect(claimOutcomes(targets, now, []).map(({ kind }) => kind)).toEqual(["refused", "refused"]);
    expect(countKinds([])).toEqual([]);
  });
});

import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { patientPause, type RunState, runOver, type Target } from "./run-over";

const targets = (n: number): Target[] => Array.from({ length: n }, (_, at) => ({ id: `r${at}`, name: `记录${at}` }));
const gone = () => new ApiError({ status: 0, code: "network", title: "network" });
const refusal = () => new ApiError({ status: 409, code: "already_claimed", title: "已被林晓领取" });
const names = (list: Target[]) => list.map((one) => one.id);

function run(
  list: Target[],
  call: (target: Target) => Promise<unknown>,
  more: Partial<Parameters<typeof runOver>[0]> = {},
) {
  const told: RunState[] = [];
  const signal = new AbortController().signal;
  const pause = async () => true;
  return runOver({ targets: list, call, onChange: (state) => told.push(state), signal, pause, ...more }).then(
    (end) => ({
      ...end,
      told,
    }),
  );
}

describe("one thing done with many records", () => {
  it("is done with all of them, a few at once", async () => {
    let now = 0;
    let most = 0;
    const end = await run(targets(20), async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
    });
    expect(end.state.done).toHaveLength(20);
    expect(end.left).toEqual([]);
    expect(most).toBe(3);
    expect(end.told.at(-1)).toMatchObject({ total: 20, waiting: false });
  });

  it("stops where two in a row are refused in the same words by a limit, and says what it did not ask for", async () => {
    const limit = (title = "每天最多 2 条") => new ApiError({ status: 409, code: "claim_refused", title });
    const asked: string[] = [];
    const claims = { inOrder: true, limits: ["claim_refused"] };
    const end = await run(
      targets(8),
      async ({ id }) => {
        asked.push(id);
        // A wait of the one record, somebody who was faster: the next one may be had all the same.
        if (id === "r0") throw limit("10:00 起可以领取");
        if (id === "r1") throw refusal();
        if (id >= "r4") throw limit();
      },
      claims,
    );
    expect(asked).toEqual(["r0", "r1", "r2", "r3", "r4", "r5"]);
    expect([names(end.state.done), names(end.left), end.halted]).toEqual([["r2", "r3"], ["r6", "r7"], true]);

    const slower = await run(targets(4), () => Promise.reject(refusal()), claims);
    expect([slower.state.refused.length, slower.halted]).toEqual([4, false]);
    const others = await run(targets(4), () => Promise.reject(limit()), {});
    expect([others.state.refused.length, others.halted]).toEqual([4, false]);
    // Of the last two nothing is left to try.
    expect(await run(targets(2), () => Promise.reject(limit()), claims)).toMatchObject({ left: [], halted: false });
  });

  it("goes on after a refusal and keeps what was said", async () => {
    const end = await run(targets(4), async ({ id }) => {
      if (id === "r1") throw refusal();
    });
    expect(names(end.state.done).sort()).toEqual(["r0", "r2", "r3"]);
    expect(end.state.refused).toMatchObject([{ id: "r1", name: "记录1", error: { code: "already_claimed" } }]);
    expect(end.left).toEqual([]);
  });

  it("asks again where nobody answered", async () => {
    const tries = new Map<string, number>();
    const end = await run(targets(3), async ({ id }) => {
      tries.set(id, (tries.get(id) ?? 0) + 1);
      if (id === "r2" && tries.get(id) === 1) throw gone();
    });
    expect(names(end.state.done).sort()).toEqual(["r0", "r1", "r2"]);
    expect(tries.get("r2")).toBe(2);
    expect(end.told.some((state) => state.waiting)).toBe(true);
    expect(end.state.waiting).toBe(false);
  });

  it("leaves what could not be asked for, and loses none", async () => {
    const end = await run(
      targets(10),
      async ({ id }) => {
        if (id !== "r0" && id !== "r1") throw gone();
      },
      { pause: async (_error, times) => times < 2 },
    );
    expect(names(end.state.done).sort()).toEqual(["r0", "r1"]);
    expect(end.state.refused).toEqual([]);
    expect(names(end.left)).toEqual(["r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"]);
  });

  it("ends with a session that is over", async () => {
    const call = vi.fn(async () => {
      throw new ApiError({ status: 401, code: "not_signed_in", title: "" });
    });
    const end = await run(targets(9), call);
    expect(end.left).toHaveLength(9);
    expect(call.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it("is stopped: what runs is finished, the rest is left", async () => {
    const stop = new AbortController();
    const end = await run(
      targets(10),
      async ({ id }) => {
        if (id === "r1") stop.abort();
      },
      { signal: stop.signal },
    );
    expect(end.state.done.length + end.left.length).toBe(10);
    expect(end.left.length).toBeGreaterThan(5);
  });
});

describe("the pause before asking again", () => {
  it("ends when the network is back, and gives up in the end", async () => {
    const signal = new AbortController().signal;
    const waits = patientPause(gone(), 4, signal);
    window.dispatchEvent(new Event("online"));
    expect(await waits).toBe(true);
    expect(await patientPause(gone(), 5, signal)).toBe(false);
  });
});

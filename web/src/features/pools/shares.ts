import type { Distributed, Distribution, Given, Room, ShareMode } from "@/api/pools";
import type { RecordData, Reference } from "@/api/types";
import { asReference } from "@/fields/values";

/** As much as a member's weight may be, and as many records as go at once. */
export const MOST_WEIGHT = 1_000;
export const MOST_RECORDS = 500;

/** Records by the pool they lie in, the pool with most of them first. */
export interface PoolShare {
  pool: Reference;
  ids: string[];
}

/** Which pools the chosen records lie in; those in none are counted apart. */
export function byPool(records: RecordData[]): { pools: PoolShare[]; outside: number } {
  const found = new Map<string, PoolShare>();
  let outside = 0;
  for (const record of records) {
    const pool = asReference(record.pool);
    if (!pool || asReference(record.owner)) {
      outside += 1;
      continue;
    }
    const share = found.get(pool.id) ?? { pool, ids: [] };
    share.ids.push(record.id);
    found.set(pool.id, share);
  }
  return { pools: [...found.values()].sort((left, right) => right.ids.length - left.ids.length), outside };
}

/** What is asked for; null while somebody or something is missing. */
export function distributionOf(
  ids: string[],
  members: Reference[],
  weights: ReadonlyMap<string, number>,
  mode: ShareMode,
  seed: number,
): Distribution | null {
  if (ids.length === 0 || members.length === 0) return null;
  const weight = (id: string) => (mode === "weighted" ? (weights.get(id) ?? 1) : 1);
  return { records: ids, members: members.map(({ id }) => ({ member: id, weight: weight(id) })), mode, seed };
}

export interface MemberShare {
  member: Reference;
  given: Given[];
  room: Room | null;
}

/** Who gets what, each member in the order he was chosen in, with nothing too. */
export function byMember(members: Reference[], outcome: Distributed): MemberShare[] {
  return members.map((member) => ({
    member,
    given: outcome.moves.filter((move) => move.member.id === member.id),
    room: outcome.members.find((one) => one.member.id === member.id) ?? null,
  }));
}

/** What is refused, reason by reason, in the order it is told. */
export function byReason(refused: Distributed["refused"]): { reason: string; records: Distributed["refused"] }[] {
  const reasons = [...new Set(refused.map(({ message }) => message))];
  return reasons.map((reason) => ({ reason, records: refused.filter(({ message }) => message === reason) }));
}

/** A seed nobody chose. */
export const newSeed = (): number => Math.floor(Math.random() * 2 ** 31);

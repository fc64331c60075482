import type { PrincipalKind, Share, ShareLevel } from "@/api/rights";
import type { RecordData } from "@/api/types";
import { asReference } from "@/fields/values";

/** Somebody, or some people, of a space. */
export interface SpaceMember {
  kind: PrincipalKind;
  id: string;
  /** Null where the viewer may not see who it is. */
  name: string | null;
  level: ShareLevel;
  /** Whose space it is: he needs no share. */
  owner: boolean;
  /** Until when, where it is not for good. */
  until: string | null;
}

const RANK: Record<ShareLevel, number> = { manage: 0, write: 1, read: 2 };

/** Who belongs to a space: whose it is, then those it is shared with, each once, those with more rights first. */
export function spaceMembers(space: RecordData, shares: readonly Share[]): SpaceMember[] {
  const owner = asReference(space.owner);
  const members = new Map<string, SpaceMember>();
  for (const share of shares) {
    const { kind, id, label } = share.with;
    const key = `${kind}.${id}`;
    const known = members.get(key);
    if (kind === "member" && id === owner?.id) continue;
    if (known && RANK[known.level] <= RANK[share.level]) continue;
    const until = share.expires_at ?? null;
    members.set(key, { kind, id, name: label ?? null, level: share.level, owner: false, until });
  }
  const others = [...members.values()].sort((left, right) => RANK[left.level] - RANK[right.level]);
  if (!owner) return others;
  return [{ kind: "member", id: owner.id, name: owner.label, level: "manage", owner: true, until: null }, ...others];
}

import type { TransferTarget } from "@/api/ownership";
import type { ObjectMeta, Reference } from "@/api/types";

export const KINDS = ["member", "members", "pool", "stay"] as const;
export type Kind = (typeof KINDS)[number];

/** A target as it is being filled in. */
export interface Draft {
  key: number;
  /** Every owned object where null. */
  object: string | null;
  when: string;
  department: Reference | null;
  kind: Kind;
  member: Reference | null;
  members: Reference[];
  pool: string | null;
}

export const emptyDraft = (key: number): Draft => ({
  key,
  object: null,
  when: "",
  department: null,
  kind: "member",
  member: null,
  members: [],
  pool: null,
});

/** A pool holds records of one kind: a target into it is about those, whatever was chosen before. */
export const withPool = (draft: Draft, pool: { id: string; object: string } | null): Draft => ({
  ...draft,
  pool: pool?.id ?? null,
  object: pool?.object ?? draft.object,
});

function destination(draft: Draft): TransferTarget["to"] | null {
  switch (draft.kind) {
    case "member":
      return draft.member ? { member: draft.member.id } : null;
    case "members":
      return draft.members.length > 0 ? { members: draft.members.map(({ id }) => id) } : null;
    case "pool":
      return draft.pool ? { pool: draft.pool } : null;
    case "stay":
      return { stay: true };
  }
}

/** The plan as the server takes it; null while some target does not say where its records go. */
export function planOf(drafts: Draft[]): TransferTarget[] | null {
  const targets = drafts.map((draft): TransferTarget | null => {
    const to = destination(draft);
    if (!to) return null;
    return {
      ...(draft.object ? { object: draft.object } : {}),
      ...(draft.when.trim() ? { when: draft.when.trim() } : {}),
      ...(draft.department ? { department: draft.department.id } : {}),
      to,
    };
  });
  return targets.includes(null) ? null : (targets as TransferTarget[]);
}

/** Whose records belong to somebody. */
export const ownedObjects = (objects: ObjectMeta[]): ObjectMeta[] =>
  objects.filter(({ fields }) => fields.some((field) => field.name === "owner" && field.type === "user"));

/** One place up or down. */
export function movedDraft(drafts: Draft[], at: number, step: 1 | -1): Draft[] {
  const [one, other] = [drafts[at], drafts[at + step]];
  if (!one || !other) return drafts;
  return drafts.map((draft, index) => (index === at ? other : index === at + step ? one : draft));
}

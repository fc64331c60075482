import { answer, api } from "./client";
import type { Json, RecordValues, Reference } from "./types";

/** Public pools: what the actions of their objects answer (`apps/pools`). */

/** What a rule would take from one owner. */
export interface OwnerLoss {
  member: Reference;
  loses: number;
  holds: number;
}

/** What a recycling rule would do if it held now. */
export interface RulePreview {
  total: number;
  owners: OwnerLoss[];
  /** The first of the records, as far as the caller may see them; by the field that names them. */
  records: { id: string; label: Json; owner: Reference | null }[];
  /** Counted over what the caller himself may see: there may be more. */
  partial?: boolean;
}

/** Who would lose which records by a rule with these values; nothing is written. */
export const previewRule = (values: RecordValues, signal?: AbortSignal): Promise<RulePreview> =>
  answer(
    api.POST("/records/{object}/actions/{action}", {
      params: { path: { object: "pool_rule", action: "preview" } },
      body: values,
      signal,
    }),
  ) as unknown as Promise<RulePreview>;

export type ShareMode = "even" | "random" | "weighted";

export interface Distribution {
  records: string[];
  members: { member: string; weight: number }[];
  mode: ShareMode;
  /** The same seed gives the same outcome. */
  seed: number;
}

export interface Given {
  record: string;
  label: string | null;
  member: Reference;
}

export interface Distributed {
  seed: number;
  moves: Given[];
  refused: { record: string; label: string | null; message: string; member?: Reference }[];
  /** What each of them holds before it, may hold, and gets. */
  members: Room[];
}

export interface Room {
  member: Reference;
  held: number;
  /** The tightest cap that binds him; null: none. */
  cap: number | null;
  free: number | null;
  given: number;
  refused: number;
}

/** Gives records of a pool to members, or only tells who would get which. */
export const distribute = (
  pool: string,
  input: Distribution,
  how: { preview: boolean; signal?: AbortSignal; idempotencyKey?: string },
): Promise<Distributed> =>
  answer(
    api.POST("/records/{object}/{id}/actions/{action}", {
      params: {
        path: { object: "pool", id: pool, action: "distribute" },
        header: { "Idempotency-Key": how.idempotencyKey },
      },
      body: { ...input, preview: how.preview } as { [name: string]: Json },
      signal: how.signal,
    }),
  ) as unknown as Promise<Distributed>;

import type { FieldError, Json, Problem, RecordData } from "./types";

/** What a stale version is answered with: the record as it is now, and the fields both sides touched. */
export interface VersionConflict {
  currentVersion: number;
  yourVersion: number;
  current: RecordData;
  conflictingFields: string[];
  /** What the fields both sides touched held when I began. */
  bases: { [field: string]: Json };
}

/**
 * Every failed call ends as one of these. `code` is the server's stable code, or `network` when no answer came,
 * or `bad_response` when the answer was not one of ours (a proxy's error page).
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly fieldErrors: FieldError[];
  readonly problem: Problem | null;
  /** Seconds to wait, from `retry-after`. */
  readonly retryAfter: number | null;

  constructor(init: {
    status: number;
    code: string;
    title: string;
    problem?: Problem | null;
    retryAfter?: number | null;
  }) {
    super(init.problem?.detail || init.title);
    this.name = "ApiError";
    this.status = init.status;
    this.code = init.code;
    this.problem = init.problem ?? null;
    this.detail = init.problem?.detail ?? null;
    this.requestId = init.problem?.request_id ?? null;
    this.fieldErrors = init.problem?.field_errors ?? [];
    this.retryAfter = init.retryAfter ?? null;
  }

  /** The character (0-based) of a wrong expression, for `bad_filter`. */
  get position(): number | null {
    const position = this.problem?.position;
    return typeof position === "number" ? position : null;
  }

  /** The other side of a `version_conflict`, or null for any other error. */
  get conflict(): VersionConflict | null {
    const problem = this.problem;
    if (this.code !== "version_conflict" || !problem) return null;
    const fields = problem.conflicting_fields;
    return {
      currentVersion: Number(problem.current_version),
      yourVersion: Number(problem.your_version),
      current: problem.current as unknown as RecordData,
      conflictingFields: Array.isArray(fields) ? fields.map(String) : [],
      bases: Object.fromEntries((problem.conflicts ?? []).map((one) => [one.field, one.base])),
    };
  }

  /** True when trying again later may help: no network, server busy or down. */
  get isTransient(): boolean {
    return this.code === "network" || this.status === 429 || this.status === 503 || this.status === 502;
  }
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

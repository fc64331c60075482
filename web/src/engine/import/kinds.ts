import type { ProblemKind, RowProblem } from "@/api/imports";

/** The kinds of problem among those told, where the server did not count all of them. */
export function problemKinds(problems: RowProblem[]): ProblemKind[] {
  const kinds = new Map<string, ProblemKind>();
  for (const { part, field, code, message } of problems) {
    const key = JSON.stringify([part ?? "", field, code]);
    const kind = kinds.get(key);
    if (kind) kind.count += 1;
    else kinds.set(key, { ...(part ? { part } : {}), field, code, message, count: 1 });
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}

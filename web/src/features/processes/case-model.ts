import type { CaseLook, CaseStep } from "@/api/processes";

/** How a step of a case is drawn: what stands open and is overdue is drawn as late. */
export function drawnState(step: CaseStep, now: number): string {
  if (step.state === "open" && isLate(step, now)) return "late";
  return step.state;
}

/** Whether a step is past its time, or was finished after it. */
export function isLate(step: CaseStep, now: number): boolean {
  if (step.state === "done") return step.late;
  return step.state === "open" && (step.late || (step.due_at !== null && Date.parse(step.due_at) < now));
}

/** The step one looks at first: one's own open one, else one that stands open or waits for somebody, else the last one done. */
export function stepShown(steps: CaseStep[], me: string): string | null {
  const open = steps.filter(({ state }) => state === "open");
  const chosen =
    open.find(({ member }) => member?.id === me) ??
    open[0] ??
    steps.find(({ state }) => state === "waiting") ??
    steps.findLast(({ state }) => state === "done") ??
    steps[0];
  return chosen?.key ?? null;
}

/** How many steps are behind a case; those left out are no steps of it. */
export function progressOf(steps: CaseStep[]): { done: number; total: number } {
  const counted = steps.filter(({ state }) => state !== "skipped");
  return { done: counted.filter(({ state }) => state === "done").length, total: counted.length };
}

/** The steps a case may go back to: what one of the steps that stand open may be sent back to, in their order. */
export function backTargets(look: CaseLook): CaseStep[] {
  if (!look.may.send_back) return [];
  const keys = new Set(look.steps.flatMap((step) => step.may_send_back_to));
  return look.steps.filter(({ key }) => keys.has(key));
}

/** The lanes of a case: its roles, as the template orders them. */
export const lanesOf = (look: CaseLook): string[] => look.roles.map(({ key }) => key);

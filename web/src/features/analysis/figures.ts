import type { ParseKeys } from "i18next";
import type { Meta } from "@/api/types";
import { findField, findObject } from "@/engine/meta";
import { COST, COST_BY_SOURCE } from "./costs";
import { dimensionsFor } from "./dimensions";
import { HANDOVER } from "./handovers/model";
import { ACCOUNT, MOVE as LIFECYCLE_MOVE } from "./lifecycle/stages";
import { MOVE as POOL_MOVE, POOLED } from "./pools/choice";
import { ACTIVITY, DEAL, MOVE as STAGE_MOVE } from "./use-deals";
import { ATTAINMENT, VISIT_TARGET } from "./visits";

/** The pages of the analysis, and what they are called. */
export const PAGES = {
  "/analysis/sales": "analysis.title",
  "/analysis/lifecycle": "lifecycle.title",
  "/analysis/pools": "poolAnalysis.title",
  "/analysis/handovers": "handovers.title",
} as const satisfies { [path: string]: ParseKeys };

export interface FigureEntry {
  title: ParseKeys;
  /** Where all of it is. */
  page: keyof typeof PAGES;
  /** Whether the caller sees what it is made of. */
  offered: (meta: Meta) => boolean;
  /** It tells how things are today, not what happened in a time. */
  standing?: boolean;
}

const deals = (meta: Meta) => {
  const deal = findObject(meta, DEAL);
  return deal !== null && (findField(deal, "stage")?.options ?? []).length > 0;
};
const movedDeals = (meta: Meta) => deals(meta) && findObject(meta, STAGE_MOVE) !== null;
const ended = (meta: Meta) => {
  const deal = findObject(meta, DEAL);
  return deals(meta) && deal !== null && ["loss_reason", "win_reason"].every((name) => findField(deal, name));
};
const activities = (meta: Meta) => {
  const activity = findObject(meta, ACTIVITY);
  return activity !== null && findField(activity, "happened_at") !== null;
};
const acts = (object: string, action: string) => (meta: Meta) =>
  findObject(meta, object)?.actions.some((one) => one.name === action) === true;
const lifecycle = (meta: Meta) => {
  const account = findObject(meta, ACCOUNT);
  const stages = account ? (findField(account, "lifecycle")?.options ?? []) : [];
  return stages.some((one) => !one.retired) && findObject(meta, LIFECYCLE_MOVE) !== null;
};
const pools = (meta: Meta) => findObject(meta, POOL_MOVE) !== null && POOLED.some((name) => findObject(meta, name));

const SALES = "/analysis/sales";
const LIFECYCLE = "/analysis/lifecycle";
const POOLS = "/analysis/pools";

/**
 * The figures that can stand on the home page as well, by the name of their card (`FigureCard`). What draws them is in
 * `home-figures.tsx`; the names are kept in the arrangements of members and never change.
 */
export const FIGURES = {
  funnel: { title: "analysis.onHome.funnel", page: SALES, offered: movedDeals },
  trend: { title: "analysis.onHome.trend", page: SALES, offered: deals },
  rate: { title: "analysis.rate.title", page: SALES, offered: (meta) => deals(meta) && dimensionsFor(meta).length > 0 },
  reason: { title: "analysis.reason.title", page: SALES, offered: ended },
  cost: { title: "analysis.cost.title", page: SALES, offered: acts(COST, COST_BY_SOURCE) },
  duration: { title: "analysis.duration.title", page: SALES, offered: movedDeals },
  cycle: { title: "analysis.cycle.title", page: SALES, offered: movedDeals },
  activity: { title: "analysis.activity.title", page: SALES, offered: activities },
  contact: { title: "analysis.contact.title", page: SALES, offered: activities },
  visit: { title: "analysis.visit.title", page: SALES, offered: acts(VISIT_TARGET, ATTAINMENT) },
  lifecycle_standing: { title: "lifecycle.standing.title", page: LIFECYCLE, offered: lifecycle, standing: true },
  lifecycle_cohort: { title: "lifecycle.cohort.title", page: LIFECYCLE, offered: lifecycle },
  lifecycle_stay: { title: "lifecycle.stay.title", page: LIFECYCLE, offered: lifecycle },
  lifecycle_flow: { title: "lifecycle.flow.title", page: LIFECYCLE, offered: lifecycle },
  lifecycle_moves: { title: "lifecycle.moves.title", page: LIFECYCLE, offered: lifecycle },
  lifecycle_people: { title: "lifecycle.people.title", page: LIFECYCLE, offered: lifecycle },
  pool_flow: { title: "poolAnalysis.flow.title", page: POOLS, offered: pools },
  pool_claims: { title: "poolAnalysis.claims.title", page: POOLS, offered: pools },
  pool_back: { title: "poolAnalysis.back.title", page: POOLS, offered: pools },
  pool_holdings: { title: "poolAnalysis.holdings.title", page: POOLS, offered: pools, standing: true },
  handovers: {
    title: "handovers.byDepartment",
    page: "/analysis/handovers",
    offered: (meta) => findObject(meta, HANDOVER) !== null,
  },
} as const satisfies { [name: string]: FigureEntry };

export type FigureName = keyof typeof FIGURES;

export const isFigure = (name: string): name is FigureName => Object.hasOwn(FIGURES, name);

export const figureEntry = (name: FigureName): FigureEntry => FIGURES[name];

/** The figures made of what the caller sees. */
export function figuresFor(meta: Meta): FigureName[] {
  return Object.keys(FIGURES)
    .filter(isFigure)
    .filter((name) => FIGURES[name].offered(meta));
}

import { createRoute } from "@tanstack/react-router";
import type { AnalysisSearch } from "@/features/analysis/choice";
import type { HandoverSearch } from "@/features/analysis/handovers/handovers-page";
import type { PoolSearch } from "@/features/analysis/pools/choice";
import type { TargetSearch } from "@/features/analysis/targets/targets-page";
import type { QualitySearch } from "@/features/quality/model";
import { activateLateTexts } from "@/i18n/i18n";
import "./home-parts";
import { routePart } from "./route-part";
import { readText } from "./search-params";
import { shell } from "./shell-route";

/** Who has how much to do; `day` is the first one shown. */
const workload = createRoute({
  getParentRoute: () => shell,
  path: "/workload",
  validateSearch: (search: Record<string, unknown>): { day?: string } => readText(search, ["day"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/workload/workload-page"), "WorkloadPage"),
});

/** How deals go; what is looked at is in the address (`features/analysis/choice.ts`). */
const salesAnalysis = createRoute({
  getParentRoute: () => shell,
  path: "/analysis/sales",
  validateSearch: (search: Record<string, unknown>): AnalysisSearch =>
    readText(search, ["period", "from", "to", "unit", "pipeline", "owner", "department"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/analysis/analysis-page"), "AnalysisPage"),
});

/** What was reached of the targets and is to be expected; `period` says of which. */
const salesTargets = createRoute({
  getParentRoute: () => shell,
  path: "/analysis/targets",
  validateSearch: (search: Record<string, unknown>): TargetSearch => readText(search, ["period"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/analysis/targets/targets-page"), "TargetsPage"),
});

/** What comes into the pools and what becomes of it; what is looked at is in the address. */
const poolAnalysis = createRoute({
  getParentRoute: () => shell,
  path: "/analysis/pools",
  validateSearch: (search: Record<string, unknown>): PoolSearch =>
    readText(search, ["period", "from", "to", "unit", "object", "pool"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/analysis/pools/pool-analysis-page"), "PoolAnalysisPage"),
});

/** How long departments take with what is handed over to them; the time looked at is in the address. */
const handoverAnalysis = createRoute({
  getParentRoute: () => shell,
  path: "/analysis/handovers",
  validateSearch: (search: Record<string, unknown>): HandoverSearch => readText(search, ["period", "from", "to"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/analysis/handovers/handovers-page"), "HandoversPage"),
});

/** Where customers stand in their lifecycle and how they move on; what is looked at is in the address. */
const lifecycleAnalysis = createRoute({
  getParentRoute: () => shell,
  path: "/analysis/lifecycle",
  validateSearch: (search: Record<string, unknown>): AnalysisSearch =>
    readText(search, ["period", "from", "to", "unit", "owner", "department"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/analysis/lifecycle/lifecycle-page"), "LifecyclePage"),
});

/** How good the data is, and what there is to mend; what is looked at is in the address. */
export const quality = createRoute({
  getParentRoute: () => shell,
  path: "/quality",
  validateSearch: (search: Record<string, unknown>): QualitySearch =>
    readText(search, ["object", "tab", "rule", "severity", "owner", "department", "q", "by"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/quality/quality-page"), "QualityPage"),
});

/** Where every case of a process stands; `template` says of which. */
export const processes = createRoute({
  getParentRoute: () => shell,
  path: "/processes",
  validateSearch: (search: Record<string, unknown>): { template?: string } => readText(search, ["template"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/processes/processes-page"), "ProcessesPage"),
});

/** Screens that go through several objects. */
export const acrossObjects = [processes, quality];

/** What the rules of ownership would change. */
const ownership = createRoute({
  getParentRoute: () => shell,
  path: "/ownership",
  validateSearch: (search: Record<string, unknown>): { object?: string } => readText(search, ["object"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/analysis/ownership/preview-page"), "OwnershipPage"),
});

/** How work, sales, pools and what is handed over go. */
export const analyses = [
  workload,
  salesAnalysis,
  salesTargets,
  lifecycleAnalysis,
  ownership,
  poolAnalysis,
  handoverAnalysis,
];

/** The page of an area of work, as the navigation groups them. */
export const area = createRoute({
  getParentRoute: () => shell,
  path: "/area/$app",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/home/area-page"), "AreaPage"),
});

export const calendar = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object/calendar",
  validateSearch: (search: Record<string, unknown>): { filter?: string; day?: string; mode?: string } =>
    readText(search, ["filter", "day", "mode"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/engine/calendar/calendar-page"), "CalendarPage"),
});

/** Records that may be there twice; `state` says which of them. */
export const duplicates = createRoute({
  getParentRoute: () => shell,
  path: "/duplicates/$object",
  validateSearch: (search: Record<string, unknown>): { state?: string } => readText(search, ["state"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/engine/duplicates/duplicates-page"), "DuplicatesPage"),
});

/** How the search for duplicates stands, object by object. */
export const settingsDuplicates = createRoute({
  getParentRoute: () => shell,
  path: "/settings/duplicates",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/duplicates-page"), "SettingsDuplicatesPage"),
});

/** `ids` are the records that are to become one; `from` says where to go on. */
export const merge = createRoute({
  getParentRoute: () => shell,
  path: "/merge/$object",
  validateSearch: (search: Record<string, unknown>): { ids?: string; from?: string } =>
    readText(search, ["ids", "from"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/engine/merge/merge-page"), "MergePage"),
});

export const importPage = createRoute({
  getParentRoute: () => shell,
  path: "/import/$object",
  validateSearch: (search: Record<string, unknown>): { run?: string } => readText(search, ["run"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/engine/import/import-page"), "ImportPage"),
});

/** Values for the new record may come in the URL: `/o/contact/new?account=ID`. */
export const create = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object/new",
  validateSearch: (search: Record<string, unknown>): Record<string, string | undefined> =>
    readText(search, Object.keys(search)),
  component: routePart(async () => {
    const [page] = await Promise.all([import("@/engine/form/create-page"), import("./record-panels")]);
    return page;
  }, "CreatePage"),
});

export const record = createRoute({
  getParentRoute: () => shell,
  path: "/r/$object/$id",
  validateSearch: (search: Record<string, unknown>): { tab?: string; edit?: string; comment?: string } =>
    readText(search, ["tab", "edit", "comment"]),
  component: routePart(async () => {
    const [page] = await Promise.all([
      import("@/engine/record/record-page"),
      import("./related-ways"),
      import("./record-panels"),
    ]);
    return page;
  }, "RecordPage"),
});

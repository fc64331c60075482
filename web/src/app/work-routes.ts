import { createRoute } from "@tanstack/react-router";
import { activateLateTexts } from "@/i18n/i18n";
import { routePart } from "./route-part";
import { readText } from "./search-params";
import { shell } from "./shell-route";

/** Who has how much to do; `day` is the first one shown. */
export const workload = createRoute({
  getParentRoute: () => shell,
  path: "/workload",
  validateSearch: (search: Record<string, unknown>): { day?: string } => readText(search, ["day"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/features/workload/workload-page"), "WorkloadPage"),
});

export const calendar = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object/calendar",
  validateSearch: (search: Record<string, unknown>): { filter?: string; day?: string; mode?: string } =>
    readText(search, ["filter", "day", "mode"]),
  loader: activateLateTexts,
  component: routePart(() => import("@/engine/calendar/calendar-page"), "CalendarPage"),
});

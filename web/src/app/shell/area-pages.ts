import type { Meta } from "@/api/types";

/** A screen of an area of work that is no object's list. */
export interface AreaPage {
  to:
    | "/analysis/sales"
    | "/analysis/targets"
    | "/analysis/pools"
    | "/analysis/lifecycle"
    | "/analysis/handovers"
    | "/ownership"
    | "/processes"
    | "/quality";
  icon: string;
  text:
    | "shell.salesAnalysis"
    | "shell.salesTargets"
    | "shell.poolAnalysis"
    | "shell.handoverAnalysis"
    | "shell.lifecycle"
    | "shell.ownership"
    | "shell.processes"
    | "shell.quality";
}

/** By the area's app; each is for who sees one of the objects it is about, and may do with it what it is for. */
const PAGES: { [app: string]: (AreaPage & { about: string[]; needs?: string })[] } = {
  customers: [
    { to: "/analysis/lifecycle", icon: "bar-chart", text: "shell.lifecycle", about: ["lifecycle_move"] },
    { to: "/ownership", icon: "apartment", text: "shell.ownership", about: ["ownership_rule"], needs: "preview" },
  ],
  process: [{ to: "/processes", icon: "node-index", text: "shell.processes", about: ["process_case"] }],
  pools: [{ to: "/analysis/pools", icon: "bar-chart", text: "shell.poolAnalysis", about: ["pool_move"] }],
  quality: [{ to: "/quality", icon: "dashboard", text: "shell.quality", about: ["quality_rule"] }],
  sales: [
    { to: "/analysis/sales", icon: "funnel-plot", text: "shell.salesAnalysis", about: ["opportunity", "activity"] },
    { to: "/analysis/targets", icon: "flag", text: "shell.salesTargets", about: ["sales_target"], needs: "forecast" },
  ],
  work: [{ to: "/analysis/handovers", icon: "bar-chart", text: "shell.handoverAnalysis", about: ["handover"] }],
};

/** The screens of an area that the caller has any use for. */
export function areaPages(meta: Meta, app: string): AreaPage[] {
  return (PAGES[app] ?? []).filter(({ about, needs }) =>
    meta.objects.some(
      ({ name, actions }) => about.includes(name) && (!needs || actions.some((action) => action.name === needs)),
    ),
  );
}

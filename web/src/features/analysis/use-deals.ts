import { useMemo } from "react";
import type { ObjectMeta, SelectOption } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { asStrings, asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import type { Stages } from "./funnel";

export const DEAL = "opportunity";
export const MOVE = "stage_move";
export const LINE = "opportunity_line";
export const ACTIVITY = "activity";
const PIPELINE = "pipeline";

export interface PipelineChoice {
  id: string;
  name: string;
  stages: string[];
}

/** The pipelines there are; none where the caller may not see them. */
export function usePipelines(): PipelineChoice[] {
  const known = findObject(useMeta(), PIPELINE) !== null;
  const list = useRecordList(PIPELINE, { fields: "name,stages", sort: "name", limit: 200 }, { enabled: known });
  return useMemo(
    () =>
      (list.data?.pages ?? [])
        .flatMap((page) => page.items)
        .map((item) => ({ id: item.id, name: asText(item.name), stages: asStrings(item.stages) })),
    [list.data],
  );
}

export interface Deals {
  deal: ObjectMeta;
  /** Where the moves between stages are kept, as far as the caller may read them. */
  move: ObjectMeta | null;
  stages: Stages;
  /** Won and lost ones together. */
  ends: string[];
  stageName: (stage: string) => string;
  stageColor: (stage: string) => string | null;
}

/** The deals and their stages; null where the caller may see none. `pipeline` says which of the stages are used. */
export function useDeals(pipeline: string | null): Deals | null {
  const meta = useMeta();
  const label = useLabel();
  const pipelines = usePipelines();
  return useMemo(() => {
    const deal = findObject(meta, DEAL);
    const options = deal ? (findField(deal, "stage")?.options ?? []) : [];
    if (!deal || options.length === 0) return null;
    const used = pipelines.find((one) => one.id === pipeline)?.stages;
    const optionOf = (stage: string) => options.find((one) => one.value === stage);
    const names = (keep: (option: SelectOption) => boolean) => options.filter(keep).map((option) => option.value);
    return {
      deal,
      move: findObject(meta, MOVE),
      stages: {
        open: names((option) => !option.closed && !option.retired && (!used || used.includes(option.value))),
        won: names((option) => option.won),
        lost: names((option) => option.closed && !option.won),
      },
      ends: names((option) => option.closed),
      stageName: (stage) => label(optionOf(stage)?.label) || stage,
      stageColor: (stage) => optionOf(stage)?.color ?? null,
    };
  }, [meta, label, pipelines, pipeline]);
}

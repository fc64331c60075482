import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { applyRun, beginRun, dropRun, type EnrichmentDone, type EnrichmentTerms, readRun } from "@/api/enrichment";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useUndoChange } from "@/engine/records";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { SideDrawer } from "@/ui/side-drawer";
import { useUndoToast } from "@/ui/undo-toast";
import { RefusedRows } from "./refused-rows";
import { RunResult } from "./run-result";
import { RUNS, RunsUnderWay } from "./runs-under-way";
import { SourceChoice } from "./source-choice";
import "./enrichment.css";

interface EnrichDrawerProps {
  object: ObjectMeta;
  ids: string[];
  sources: RecordData[];
  onClose: (done: boolean) => void;
}

const LOOK_AGAIN_MS = 1_500;
/** Of a thousand records that take their time nobody need know to the second. */
const LOOK_AT_MANY_MS = 5_000;
const MANY = 100;

/** Asks a source about records, shows what would change, and writes it once that is confirmed. */
export function EnrichDrawer({ object, ids, sources, onClose }: EnrichDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const undoToast = useUndoToast();
  const undo = useUndoChange();
  const [chosen, setChosen] = useState<string | null>(null);
  const [terms, setTerms] = useState<EnrichmentTerms & { mode: "fill" | "overwrite" }>({
    mode: "fill",
    overwrite: [],
    typed: false,
  });
  const source = sources.find(({ id }) => id === chosen) ?? sources[0];
  // The run looked at: the one begun here, one from before the page was left, or what was refused of it.
  const [current, setCurrent] = useState<string | null>(null);
  const [refused, setRefused] = useState<EnrichmentDone | null>(null);
  const begin = useMutation({
    mutationFn: (id: string) => beginRun(id, ids, terms.mode === "overwrite" ? terms : { overwrite: [], typed: false }),
    onSuccess: setCurrent,
    onSettled: () => void queryClient.invalidateQueries({ queryKey: RUNS }),
  });
  const run = useQuery({
    queryKey: ["enrichment", current],
    queryFn: ({ signal }) => readRun(current ?? "", signal),
    enabled: current !== null,
    refetchInterval: ({ state }) =>
      state.data?.state === "asking" ? (state.data.total > MANY ? LOOK_AT_MANY_MS : LOOK_AGAIN_MS) : false,
    staleTime: 0,
  });
  const apply = useMutation({ mutationFn: (digest: string) => applyRun(current ?? "", digest) });
  const shown = run.data;
  const close = () => {
    // What nobody writes is data of people that nobody needs.
    if (current) void dropRun(current).catch(() => undefined);
    onClose(refused !== null && refused.changed > 0);
  };
  const write = async () => {
    if (!shown) return;
    try {
      const done = await apply.mutateAsync(shown.digest);
      void queryClient.invalidateQueries({ queryKey: queryKeys.records });
      if (done.changed > 0) {
        undoToast(t("enrichment.done", { n: formats.number(done.changed) }), () => {
          undo
            .mutateAsync(done.change_id)
            .then(() => void message.success(t("enrichment.undone")))
            .catch((error: unknown) => void message.error(errorText(error)));
        });
      }
      if (done.refused === 0) return onClose(true);
      // Who was refused stays to be read, and can be written again once the reason is gone.
      setRefused(done);
      setCurrent(done.rest ?? null);
      if (done.rest === current) void run.refetch();
    } catch {
      // The alert says why; what is there now is shown anew before it can be written.
      void run.refetch();
    }
  };
  const problem = begin.error ?? run.error ?? apply.error;
  const incomplete = terms.mode === "overwrite" && terms.overwrite.length === 0;
  if (!source) return null;
  return (
    <SideDrawer
      title={t("enrichment.title", { object: label(object.plural), n: formats.number(ids.length) })}
      size={680}
      onClose={close}
      footer={
        <span className="gx-quality-buttons">
          {current ? (
            <Button
              type="primary"
              disabled={shown?.state !== "ready" || shown.changed === 0}
              loading={apply.isPending}
              onClick={() => void write()}
            >
              {t("enrichment.apply", { n: formats.number(shown?.changed ?? 0) })}
            </Button>
          ) : (
            <Button
              type="primary"
              loading={begin.isPending}
              disabled={incomplete}
              onClick={() => begin.mutate(source.id)}
            >
              {t("enrichment.ask")}
            </Button>
          )}
          <Button onClick={close}>{t("common.cancel")}</Button>
        </span>
      }
    >
      {problem ? <Alert type="error" showIcon role="alert" title={errorText(problem)} /> : null}
      {refused ? <RefusedRows object={object} done={refused} items={shown?.items ?? []} /> : null}
      {current ? null : <RunsUnderWay object={object} onLook={setCurrent} />}
      {shown ? (
        <RunResult object={object} run={shown} />
      ) : current ? null : (
        <SourceChoice
          object={object}
          sources={sources}
          source={source}
          terms={terms}
          onSource={setChosen}
          onTerms={setTerms}
        />
      )}
    </SideDrawer>
  );
}

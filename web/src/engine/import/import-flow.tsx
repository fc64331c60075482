import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import {
  type ImportPreview,
  type ImportProgress,
  type ImportState,
  type ImportUpload,
  readImport,
} from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useMe } from "../session";
import { CheckStep } from "./check-step";
import { MappingStep } from "./mapping-step";
import { type PlanDraft, planInput } from "./plan";
import { RunStep } from "./run-step";
import { StepBar } from "./step-bar";
import { dropStoredPlan, storePlan } from "./stored-draft";
import { type Opened, useOpened } from "./use-draft";

const PREPARED: ImportState[] = ["uploaded", "planned"];

interface FlowProps {
  object: ObjectMeta;
  id: string;
  file: File | null;
  onFileName: (name: string) => void;
  onUploaded: (upload: ImportUpload, file: File) => void;
  onRestart: () => void;
}

/** Goes on with an import where it stands, which the server knows: being prepared, running, held, over. */
export function ImportFlow(props: FlowProps) {
  const { object, id, onFileName, onRestart } = props;
  const progress = useQuery({
    queryKey: queryKeys.imports(id),
    queryFn: ({ signal }) => readImport(id, signal),
    staleTime: 0,
  });
  const name = progress.data?.file_name;
  useEffect(() => {
    if (name) onFileName(name);
  }, [name, onFileName]);
  const prepared = progress.data !== undefined && PREPARED.includes(progress.data.state);
  if (progress.isPending) return <PageSkeleton rows={4} />;
  if (!progress.data) return <ErrorState error={progress.error} onRetry={() => void progress.refetch()} />;
  if (prepared) return <Prepare {...props} progress={progress.data} />;
  return (
    <>
      <StepBar step="run" />
      <RunStep object={object} id={id} onRestart={onRestart} />
    </>
  );
}

function Prepare(props: FlowProps & { progress: ImportProgress }) {
  const opened = useOpened(props.progress, true);
  if (opened.isPending) return <PageSkeleton rows={6} />;
  if (!opened.data) return <ErrorState error={opened.error} onRetry={() => void opened.refetch()} />;
  return <Prepared {...props} opened={opened.data} />;
}

function Prepared(props: FlowProps & { progress: ImportProgress; opened: Opened }) {
  const { object, id, file, progress, opened, onUploaded, onRestart } = props;
  const me = useMe();
  const queryClient = useQueryClient();
  const upload = queryClient.getQueryData<ImportUpload>(queryKeys.importUpload(id)) ?? null;
  const [draft, setDraft] = useState<PlanDraft>(opened.draft);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [checking, setChecking] = useState(false);
  const [used, setUsed] = useState(opened.taken);
  const change = (next: PlanDraft) => {
    setDraft(next);
    storePlan(me.user.id, id, planInput(next), Date.now());
  };
  const checked = preview && checking;
  return (
    <>
      <StepBar step={checked ? "check" : "mapping"} />
      {checked ? (
        <CheckStep
          object={object}
          progress={progress}
          guess={opened.guess}
          draft={draft}
          preview={preview}
          onDraft={change}
          onPreview={setPreview}
          onBack={() => setChecking(false)}
          onRun={(next) => {
            dropStoredPlan(me.user.id, id);
            queryClient.setQueryData(queryKeys.imports(id), next);
          }}
        />
      ) : (
        <MappingStep
          object={object}
          progress={progress}
          upload={upload}
          file={file}
          opened={opened}
          used={used}
          onUsed={setUsed}
          draft={draft}
          onDraft={change}
          onUploaded={onUploaded}
          onBack={onRestart}
          onChecked={(next) => {
            setPreview(next);
            setChecking(true);
          }}
        />
      )}
    </>
  );
}

import { DownloadOutlined, UndoOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Alert, App, Button, Progress } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelImport, type ImportProgress, readImport, rejectedUrl } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { findField } from "../meta";
import { invalidateObject, useUndoChange } from "../records";
import { Counts } from "./counts";
import { ProblemList } from "./problem-list";

const POLL_MS = 700;

interface RunStepProps {
  object: ObjectMeta;
  id: string;
  onRestart: () => void;
  onFinished: () => void;
}

/** Follows the import while it runs in the background, then says what it did and what can be done about it. */
export function RunStep({ object, id, onRestart, onFinished }: RunStepProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [cancelling, setCancelling] = useState(false);
  const progress = useQuery({
    queryKey: queryKeys.imports(id),
    queryFn: ({ signal }) => readImport(id, signal),
    refetchInterval: (query) => (isOver(query.state.data) ? false : POLL_MS),
    refetchIntervalInBackground: true,
    staleTime: 0,
  });
  const over = isOver(progress.data);
  const finished = useRef(false);
  useEffect(() => {
    if (!over || finished.current) return;
    finished.current = true;
    onFinished();
    void invalidateObject(queryClient, object.name);
  }, [over, onFinished, queryClient, object.name]);
  if (progress.isPending) return <PageSkeleton rows={3} />;
  if (!progress.data) return <ErrorState error={progress.error} onRetry={() => void progress.refetch()} />;
  const { done, total, counts } = progress.data;
  if (over) return <Outcome object={object} progress={progress.data} onRestart={onRestart} />;
  const cancel = async () => {
    setCancelling(true);
    try {
      await cancelImport(id);
      await progress.refetch();
    } catch (error) {
      void message.error(errorText(error));
      setCancelling(false);
    }
  };
  return (
    <section className="gx-panel gx-import-running" aria-live="polite">
      <h2>{t("imports.running")}</h2>
      <p>{t("imports.runningText")}</p>
      <Progress percent={total > 0 ? Math.floor((done / total) * 100) : 0} status="active" />
      <p className="gx-numeric">
        {t("imports.progress", { done: formats.number(done), total: formats.number(total) })}
      </p>
      <Counts counts={counts} done />
      <Button danger loading={cancelling} onClick={() => void cancel()}>
        {t("imports.cancel")}
      </Button>
    </section>
  );
}

function isOver(progress: ImportProgress | undefined): boolean {
  return progress !== undefined && ["done", "failed", "cancelled"].includes(progress.state);
}

interface OutcomeProps {
  object: ObjectMeta;
  progress: ImportProgress;
  onRestart: () => void;
}

function Outcome({ object, progress, onRestart }: OutcomeProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const undo = useUndoChange();
  const { counts, state, change_id: changeId } = progress;
  const wrote = counts.create + counts.update > 0;
  const type = state === "done" ? (counts.reject > 0 ? "warning" : "success") : state === "failed" ? "error" : "info";
  const ending = state === "failed" || state === "cancelled" ? state : counts.reject > 0 ? "partly" : "done";
  const askUndo = () =>
    modal.confirm({
      title: t("imports.undoTitle"),
      content: t("imports.undoText"),
      okText: t("imports.undo"),
      okButtonProps: { danger: true },
      onOk: () =>
        undo.mutateAsync(changeId ?? "").then(
          ({ undone, skipped }) =>
            void message.success(
              skipped.length > 0
                ? t("list.undoSkipped", { n: undone, skipped: skipped.length })
                : t("imports.undone", { n: undone }),
            ),
          (error: unknown) => void message.error(errorText(error)),
        ),
    });
  const fieldName = (path: string) => label(findField(object, path.split(".")[0] ?? "")?.label) || path;
  return (
    <>
      <section className="gx-panel">
        <Alert
          type={type}
          showIcon
          title={t(`imports.outcome.${ending}`)}
          description={progress.failure ?? undefined}
        />
        <Counts counts={counts} done />
        <div className="gx-import-next">
          {wrote ? (
            <Button
              type="primary"
              onClick={() =>
                void navigate({
                  to: "/o/$object",
                  params: { object: object.name },
                  search: { view: "all", sort: "-updated_at" },
                })
              }
            >
              {t("imports.seeRecords", { object: label(object.plural) })}
            </Button>
          ) : null}
          {counts.reject > 0 ? (
            <Button icon={<DownloadOutlined />} href={rejectedUrl(progress.id)} download>
              {t("imports.rejected")}
            </Button>
          ) : null}
          {wrote && changeId ? (
            <Button danger icon={<UndoOutlined />} onClick={askUndo} disabled={undo.isSuccess} loading={undo.isPending}>
              {undo.isSuccess ? t("imports.undoneShort") : t("imports.undo")}
            </Button>
          ) : null}
          <Button onClick={onRestart}>{t("imports.again")}</Button>
        </div>
      </section>
      {progress.problems && progress.problems.length > 0 ? (
        <ProblemList problems={progress.problems} more={progress.more_problems === true} fieldName={fieldName} />
      ) : null}
    </>
  );
}

import { CaretRightOutlined, PauseOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Progress } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelImport, type ImportProgress, type ImportState, pauseImport, readImport, runImport } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { invalidateObject } from "../records";
import { Counts } from "./counts";
import { Outcome } from "./outcome";

const POLL_MS = 700;
const MOVING: ImportState[] = ["running"];

interface RunStepProps {
  object: ObjectMeta;
  id: string;
  onRestart: () => void;
}

/** Follows the import while it runs in the background, then says what it did and what can be done about it. */
export function RunStep({ object, id, onRestart }: RunStepProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const progress = useQuery({
    queryKey: queryKeys.imports(id),
    queryFn: ({ signal }) => readImport(id, signal),
    refetchInterval: (query) => (isMoving(query.state.data) || isUndoing(query.state.data) ? POLL_MS : false),
    refetchIntervalInBackground: true,
    staleTime: 0,
  });
  const moving = isMoving(progress.data);
  const busyWith = moving || isUndoing(progress.data);
  const moved = useRef(busyWith);
  useEffect(() => {
    // Once it stands still: what it wrote is to be seen everywhere.
    if (moved.current && !busyWith && progress.data) {
      const objects = new Set([object.name, ...(progress.data.plan?.also ?? []).map((part) => part.object)]);
      for (const name of objects) void invalidateObject(queryClient, name);
      void queryClient.invalidateQueries({ queryKey: queryKeys.importsOf() });
    }
    moved.current = busyWith;
  }, [busyWith, progress.data, queryClient, object.name]);
  if (progress.isPending) return <PageSkeleton rows={3} />;
  if (!progress.data) return <ErrorState error={progress.error} onRetry={() => void progress.refetch()} />;
  const { done, total, counts, state } = progress.data;
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      await progress.refetch();
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  if (!moving && state !== "paused") {
    return (
      <Outcome
        object={object}
        progress={progress.data}
        onRestart={onRestart}
        onAgain={() => attempt(() => runImport(id, "rejected"))}
      />
    );
  }
  const cancel = () =>
    modal.confirm({
      title: t("imports.cancelTitle"),
      content: t("imports.cancelText"),
      okText: t("imports.cancel"),
      okButtonProps: { danger: true },
      onOk: () => attempt(() => cancelImport(id)),
    });
  const paused = state === "paused";
  return (
    <section className="gx-panel gx-import-running" aria-live="polite">
      <h2>{t(paused ? "imports.paused" : "imports.running")}</h2>
      <p>{t(paused ? "imports.pausedText" : "imports.runningText")}</p>
      <Progress
        percent={total > 0 ? Math.floor((done / total) * 100) : 0}
        status={paused ? "normal" : "active"}
        aria-label={t("imports.running")}
      />
      <p className="gx-numeric">
        {t("imports.progress", { done: formats.number(done), total: formats.number(total) })}
      </p>
      <Counts counts={counts} done />
      <div className="gx-import-next">
        {paused ? (
          <Button
            type="primary"
            icon={<CaretRightOutlined />}
            loading={busy}
            onClick={() => void attempt(() => runImport(id))}
          >
            {t("imports.continue")}
          </Button>
        ) : (
          <Button icon={<PauseOutlined />} loading={busy} onClick={() => void attempt(() => pauseImport(id))}>
            {t("imports.pause")}
          </Button>
        )}
        <Button danger disabled={busy} onClick={cancel}>
          {t("imports.cancel")}
        </Button>
      </div>
    </section>
  );
}

function isUndoing(progress: ImportProgress | undefined): boolean {
  return progress?.undo?.state === "undoing";
}

function isMoving(progress: ImportProgress | undefined): boolean {
  return progress !== undefined && MOVING.includes(progress.state);
}

import { Alert, Progress } from "antd";
import { useTranslation } from "react-i18next";
import type { UndoRun } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { SkippedList } from "../merge/skipped-list";

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** How it stands with taking an import back, and what was left of it. */
export function TakenBack({ undo }: { undo: UndoRun }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { state, done, total, undone, left, skipped, failure } = undo;
  const n = formats.number(undone);
  return (
    <section className="gx-panel" aria-live="polite">
      {state === "undoing" ? (
        <>
          <h2>{t("imports.undoing")}</h2>
          <p>{t("imports.undoingText")}</p>
          <Progress
            percent={total > 0 ? Math.floor((done / total) * 100) : 0}
            status="active"
            aria-label={t("imports.undoing")}
          />
          <p className="gx-numeric">
            {t("imports.undoProgress", { done: formats.number(done), total: formats.number(total), n })}
          </p>
        </>
      ) : (
        <Alert
          type={state === "failed" ? "error" : left > 0 ? "warning" : "info"}
          showIcon
          title={t(state === "failed" ? "imports.undoFailed" : "imports.undone", { n })}
          description={state === "failed" ? (failure ?? t("imports.undoFailedText")) : undefined}
        />
      )}
      {left > 0 ? (
        <>
          <p className="gx-muted">{t("imports.undoKeptCount", { n: formats.number(left) })}</p>
          <SkippedList skipped={skipped} names={NO_NAMES} />
          {left > skipped.length ? (
            <p className="gx-muted">{t("imports.undoKeptMore", { n: formats.number(left - skipped.length) })}</p>
          ) : null}
        </>
      ) : null}
    </section>
  );
}

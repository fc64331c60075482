import { CheckCircleFilled, DownloadOutlined, UndoOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { type ImportProgress, rejectedUrl } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { useErrorText } from "@/ui/error-text";
import { findObject, useMeta } from "../meta";
import { Counts } from "./counts";
import { importedFilter } from "./imported-filter";
import { PartCountsTable } from "./part-counts";
import { RejectedRows } from "./rejected-rows";
import { RowRecords } from "./row-records";
import { TakenBack } from "./taken-back";
import { useTakeBack } from "./use-take-back";

interface OutcomeProps {
  object: ObjectMeta;
  progress: ImportProgress;
  onRestart: () => void;
  /** Imports the rows that were refused and are mended. */
  onAgain: () => Promise<void>;
}

/** What an import did, and what is left to do: look at it, mend what was refused, take it back. */
export function Outcome({ object, progress, onRestart, onAgain }: OutcomeProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const takeBack = useTakeBack(progress.id);
  const { counts, state, change_id: changeId, plan, undo } = progress;
  const also = plan?.also ?? [];
  const parts = [{ key: "", object: object.name }, ...also];
  const made = progress.parts.some((part) => part.counts.create + part.counts.update > 0);
  const wrote = made || counts.create + counts.update > 0;
  const type = state === "done" ? (counts.reject > 0 ? "warning" : "info") : state === "failed" ? "error" : "info";
  const ending = state === "failed" || state === "cancelled" ? state : counts.reject > 0 ? "partly" : "done";
  const askUndo = () =>
    modal.confirm({
      title: t("imports.undoTitle"),
      content: t("imports.undoText"),
      okText: t("imports.undo"),
      okButtonProps: { danger: true },
      onOk: () =>
        // What became of it is told by the import.
        takeBack.mutateAsync(changeId ?? "").then(undefined, (error: unknown) => void message.error(errorText(error))),
    });
  const filterOf = (one: ObjectMeta) => {
    const filter = importedFilter(one, progress);
    return filter ? { filter } : {};
  };
  const lists = [...new Set(parts.map((part) => part.object))].flatMap((name) => findObject(meta, name) ?? []);
  return (
    <>
      {undo ? <TakenBack undo={undo} /> : null}
      <section className="gx-panel">
        <Alert
          type={type}
          showIcon
          {...(ending === "done" ? { icon: <CheckCircleFilled /> } : {})}
          title={t(`imports.outcome.${ending}`)}
          description={progress.failure ?? undefined}
        />
        <Counts counts={counts} done />
        <PartCountsTable
          parts={progress.parts}
          draft={{ parts: parts.map((part) => ({ ...EMPTY, key: part.key, object: part.object })) }}
          done
        />
        <div className="gx-import-next">
          {wrote
            ? lists.map((one, at) => (
                <ButtonLink
                  key={one.name}
                  color={at === 0 ? "primary" : "default"}
                  variant={at === 0 ? "solid" : "outlined"}
                  to="/o/$object"
                  params={{ object: one.name }}
                  search={{ view: "all", sort: "-updated_at", ...filterOf(one) }}
                >
                  {t("imports.seeRecords", { object: label(one.plural) })}
                </ButtonLink>
              ))
            : null}
          {counts.reject > 0 ? (
            <Button icon={<DownloadOutlined />} href={rejectedUrl(progress.id)} download>
              {t("imports.rejected")}
            </Button>
          ) : null}
          {wrote && changeId ? (
            <Button
              danger
              icon={<UndoOutlined />}
              onClick={askUndo}
              disabled={undo ? undo.state !== "failed" : false}
              loading={takeBack.isPending}
            >
              {t(undo ? UNDO_LABELS[undo.state] : "imports.undo")}
            </Button>
          ) : null}
          <Button onClick={onRestart}>{t("imports.again")}</Button>
        </div>
      </section>
      {changeId && !undo ? <RowRecords progress={progress} /> : null}
      {counts.reject > 0 && !undo ? <RejectedRows progress={progress} onAgain={onAgain} /> : null}
    </>
  );
}

const UNDO_LABELS = {
  undoing: "imports.undoing",
  undone: "imports.undoneShort",
  failed: "imports.undoContinue",
} as const;
const EMPTY = { fields: [], mapping: [], match: null, constants: [], computed: [], links: [] };

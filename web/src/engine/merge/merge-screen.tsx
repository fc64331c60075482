import { MergeCellsOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { mergePreviewOptions } from "@/api/merge";
import type { ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { useErrorText } from "@/ui/error-text";
import { ObjectTile } from "@/ui/object-icon";
import { PageHeader } from "@/ui/page-header";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useIsPhone } from "@/ui/use-media";
import { MergeCards } from "./merge-cards";
import { MergeMoves } from "./merge-moves";
import { MergeProblems } from "./merge-problems";
import { MergeTable } from "./merge-table";
import { likelySurvivor, mergeRows, stillTaken, type Taken, withChoice } from "./model";
import { SurvivorChoice } from "./survivor-choice";
import { useMerge } from "./use-merge";

interface MergeScreenProps {
  object: ObjectMeta;
  records: RecordData[];
  /** What became of the records asked for, where not all are here as they were. */
  notes: string[];
  fromQueue: boolean;
  onLeaveOut: (id: string) => void;
}

/** Which record stays, which values, what comes along; then it is done, and can be taken back. */
export function MergeScreen({ object, records, notes, fromQueue, onLeaveOut }: MergeScreenProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const phone = useIsPhone();
  const errorText = useErrorText();
  const ids = useMemo(() => records.map((record) => record.id), [records]);
  const [wanted, setWanted] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Taken>({});
  const [all, setAll] = useState(false);
  const likely = useMemo(() => likelySurvivor(object, records) ?? "", [object, records]);
  const survivor = wanted && ids.includes(wanted) ? wanted : likely;
  const taken = useMemo(() => stillTaken(chosen, ids), [chosen, ids]);
  const input = useMemo(() => ({ others: ids.filter((id) => id !== survivor), take: taken }), [ids, survivor, taken]);
  const preview = useQuery(mergePreviewOptions(object.name, survivor, input));
  const merge = useMerge(object, records);
  const name = (record: RecordData) => titleText(record[object.title_field]) || t("merging.unnamed");
  const kept = records.find((record) => record.id === survivor);
  const keptName = kept ? name(kept) : "";

  // What was refused when it was tried stands beside what the preview found, until something is chosen anew.
  const problems = merge.problems.length > 0 ? merge.problems : (preview.data?.problems ?? []);
  const rows = preview.data
    ? mergeRows(object, { fields: preview.data.fields, problems }, records, survivor, taken)
    : [];
  const telling = rows.filter((row) => row.kind !== "same");
  const shown = all ? rows : telling;
  const ready = preview.data !== undefined && !preview.isPlaceholderData && !preview.isError && problems.length === 0;
  const choose = (field: string, id: string | null) => {
    merge.forget();
    setChosen(withChoice(taken, field, id));
  };
  const keep = (id: string) => {
    merge.forget();
    setWanted(id);
  };
  const table = { object, records, rows: shown, survivor, nameOf: name, onChoose: choose };
  return (
    <div className="gx-page gx-merging">
      <PageHeader
        icon={<ObjectTile icon={object.icon} color={object.color} />}
        title={t("merging.title", { object: label(object.plural) })}
        subtitle={t("merging.subtitle", { n: formats.number(records.length) })}
        actions={
          fromQueue ? (
            <ButtonLink to="/duplicates/$object" params={{ object: object.name }}>
              {t("merging.backToQueue")}
            </ButtonLink>
          ) : null
        }
      />
      {notes.map((note) => (
        <Alert key={note} type="info" showIcon title={note} />
      ))}
      <SurvivorChoice
        object={object}
        records={records}
        survivor={survivor}
        nameOf={name}
        onKeep={keep}
        onLeaveOut={records.length > 2 ? onLeaveOut : null}
      />
      {preview.isError && !preview.isFetching ? (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t("merging.problems")}
          description={errorText(preview.error)}
          action={
            <Button size="small" onClick={() => void preview.refetch()}>
              {t("common.retry")}
            </Button>
          }
        />
      ) : null}
      <MergeProblems object={object} problems={problems} />
      {preview.isPending ? <PageSkeleton rows={6} /> : null}
      {preview.data ? (
        <>
          <section className="gx-panel" aria-labelledby="merging-values">
            <h2 id="merging-values">{t("merging.values")}</h2>
            <p>{telling.length > 0 ? t("merging.valuesText") : t("merging.noDifferences")}</p>
            {shown.length > 0 ? phone ? <MergeCards {...table} /> : <MergeTable {...table} /> : null}
            {rows.length > telling.length ? (
              <Button type="link" className="gx-merging-all" aria-expanded={all} onClick={() => setAll(!all)}>
                {all ? t("merging.showFew") : t("merging.showAll", { n: rows.length })}
              </Button>
            ) : null}
          </section>
          <MergeMoves moves={preview.data.moves} />
        </>
      ) : null}
      {phone ? <p className="gx-muted">{t("merging.undoHint")}</p> : null}
      <footer className="gx-merging-foot">
        {phone ? null : <span className="gx-muted">{t("merging.undoHint")}</span>}
        {fromQueue ? (
          <Button
            disabled={!ready || merge.pending}
            onClick={() => void merge.run(survivor, input, { to: "queue", name: keptName })}
          >
            {t("merging.confirmNext")}
          </Button>
        ) : null}
        <Button
          type="primary"
          icon={<MergeCellsOutlined />}
          disabled={!ready}
          loading={merge.pending}
          onClick={() => void merge.run(survivor, input, { to: "survivor", name: keptName })}
        >
          <span className="gx-merging-confirm">
            {t("merging.confirm", { n: formats.number(records.length), name: keptName })}
          </span>
        </Button>
      </footer>
    </div>
  );
}

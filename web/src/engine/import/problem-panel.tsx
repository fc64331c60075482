import { ReloadOutlined } from "@ant-design/icons";
import { Button, Segmented, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumn, ProblemKind } from "@/api/imports";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useIsPhone } from "@/ui/use-media";
import { troubledColumns } from "./grid-model";
import type { PartDraft } from "./plan";
import { ProblemCards } from "./problem-cards";
import { ProblemGrid } from "./problem-grid";
import { usePartNames } from "./use-part-names";
import { useProblemRows, type Which } from "./use-problem-rows";

/** No key of a part is written so. */
const ALL = "*";
const WHICH: Which[] = ["problems", "fixed", "left_out"];

interface ProblemPanelProps {
  id: string;
  columns: ImportColumn[];
  parts: PartDraft[];
  /** The kinds of trouble there are, the most frequent first. */
  kinds: ProblemKind[];
  fieldName: (part: string, field: string) => string;
  /** A row was mended, left out or brought back. */
  onChanged: () => void;
  onSame?: (column: number, from: string, to: string) => void;
}

const keyOf = (kind: ProblemKind): string => JSON.stringify([kind.part ?? "", kind.field, kind.code]);

/** What cannot be imported as it is, row by row, to be mended in place or left out. */
export function ProblemPanel({ id, columns, parts, kinds, fieldName, onChanged, onSame }: ProblemPanelProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const phone = useIsPhone();
  const [only, setOnly] = useState<Which>("problems");
  const [chosen, setChosen] = useState("");
  const [part, setPart] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const kind = kinds.find((one) => keyOf(one) === chosen);
  const nameOf = usePartNames({ parts });
  const filter = { only, field: kind?.field ?? "", code: kind?.code ?? "", part: kind ? (kind.part ?? "") : part };
  const work = useProblemRows(id, filter, onChanged);
  const { items, total, atLeast, rows } = work;
  const head = atLeast ? "imports.problemRowsAtLeast" : "imports.problemRowsN";
  // A column stays in sight when the last of its cells is mended: somebody is in it.
  const problems = [...items, ...work.touched.values()].flatMap((row) => row.problems);
  const ofPart = (one: ProblemKind) => part === null || (one.part ?? "") === part;
  const shown = all ? columns : troubledColumns(problems, parts, columns);
  const Rows = phone ? ProblemCards : ProblemGrid;
  return (
    <section className="gx-panel gx-import-mend">
      <div className="gx-import-problems-head">
        <h2>{total === undefined ? t("imports.problemRows") : t(head, { n: formats.number(total) })}</h2>
        <Segmented
          size="small"
          value={only}
          onChange={(next) => {
            setOnly(next);
            setChosen("");
            setPart(null);
          }}
          options={WHICH.map((value) => ({ value, label: t(`imports.which.${value}`) }))}
          aria-label={t("imports.whichRows")}
        />
        {only === "problems" && parts.length > 1 ? (
          <Select
            value={part ?? ALL}
            onChange={(next) => {
              setPart(next === ALL ? null : next);
              setChosen("");
            }}
            options={[
              { value: ALL, label: t("imports.allObjects") },
              ...parts.map((one) => ({ value: one.key, label: nameOf(one.key) })),
            ]}
            popupMatchSelectWidth={false}
            aria-label={t("imports.filterObjects")}
          />
        ) : null}
        {only === "problems" && kinds.length > 0 ? (
          <Select
            value={kind ? chosen : ""}
            onChange={setChosen}
            options={[
              { value: "", label: t("imports.allProblems") },
              ...kinds.filter(ofPart).map((one) => ({
                value: keyOf(one),
                label: `${t("common.about", { name: fieldName(one.part ?? "", one.field), text: one.message })} (${formats.number(one.count)})`,
              })),
            ]}
            popupMatchSelectWidth={false}
            aria-label={t("imports.filterProblems")}
          />
        ) : null}
        {phone ? null : (
          <span className="gx-import-all-columns">
            <Switch size="small" checked={all} onChange={setAll} id="import-all-columns" />
            <label htmlFor="import-all-columns">{t("imports.allColumns")}</label>
          </span>
        )}
        <Button
          size="small"
          type="text"
          icon={<ReloadOutlined />}
          onClick={() => void rows.refetch()}
          aria-label={t("imports.lookAnew")}
          title={t("imports.lookAnew")}
        />
      </div>
      {rows.isPending ? <PageSkeleton rows={3} /> : null}
      {rows.isError ? <ErrorState error={rows.error} onRetry={() => void rows.refetch()} /> : null}
      {rows.isSuccess && items.length === 0 ? <p className="gx-muted">{t(`imports.noRows.${only}`)}</p> : null}
      {items.length > 0 ? (
        <>
          <Rows
            // Another choice of rows is another sheet.
            key={`${only} ${part} ${chosen}`}
            work={work}
            columns={shown}
            allColumns={columns}
            parts={parts}
            fieldName={fieldName}
            onSame={onSame}
          />
          {phone ? null : <p className="gx-muted gx-import-keys">{t("imports.keys")}</p>}
        </>
      ) : null}
    </section>
  );
}

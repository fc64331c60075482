import { useTranslation } from "react-i18next";
import type { TargetRow } from "./model";
import { TargetRows } from "./target-rows";

const COLUMNS = ["wanted", "won", "commit", "weighted", "open", "gap", "percent"] as const;

/** Targets as a table; on a phone each is a card. */
export function TargetTable({ rows, title }: { rows: TargetRow[]; title: string }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className="gx-analysis-scroll" tabIndex={0} aria-label={title}>
      <table className="gx-analysis-table gx-target-table">
        <caption className="gx-visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("targets.columns.name")}</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" data-align={column === "percent" ? undefined : "end"}>
                {t(`targets.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TargetRows key={row.target.id} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Cell, Figure } from "./figure";

/** Rows shown at once; the others are asked for. */
const SHOWN = 12;

/** The numbers of a chart as a table; each that stands for records opens their list. */
export function FigureTable({ figure }: { figure: Figure }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const rows = all ? figure.rows : figure.rows.slice(0, SHOWN);
  const [first, ...others] = figure.columns;
  if (!first) return null;
  return (
    <div className="gx-analysis-figures">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className="gx-analysis-scroll" tabIndex={0} aria-label={`${figure.title} · ${t("analysis.table")}`}>
        <table className="gx-analysis-table">
          <caption className="gx-visually-hidden">{figure.title}</caption>
          <thead>
            <tr>
              {figure.columns.map((column) => (
                <th key={column.key} scope="col" data-align={column.numeric ? "end" : undefined}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <CellText cell={row.cells[first.key]} />
                </th>
                {others.map((column) => (
                  <td key={column.key} data-align={column.numeric ? "end" : undefined} className="gx-numeric">
                    <CellText cell={row.cells[column.key]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {figure.rows.length > SHOWN ? (
        <Button type="text" size="small" block onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t("analysis.fewer") : t("analysis.all", { n: figure.rows.length })}
        </Button>
      ) : null}
    </div>
  );
}

function CellText({ cell }: { cell: Cell | undefined }) {
  if (!cell || cell.text === "") return <span className="gx-muted">—</span>;
  if (!cell.open || cell.value === 0) return cell.text;
  return (
    <Link to="/o/$object" params={{ object: cell.open.object }} search={{ view: "all", filter: cell.open.filter }}>
      {cell.text}
    </Link>
  );
}

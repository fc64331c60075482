import { MinusCircleOutlined, RollbackOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useTranslation } from "react-i18next";
import type { ImportRow } from "@/api/imports";
import { columnsOf } from "./grid-model";
import type { ProblemGridProps } from "./problem-grid";
import { RowReasons } from "./row-reasons";

/** The rows to mend on a phone: a card each, with the cells that are wrong to be typed anew. */
export function ProblemCards({ work, columns, allColumns, parts, fieldName, onSame }: ProblemGridProps) {
  const { t } = useTranslation();
  const { items, rows, touched, busy } = work;
  const [title] = columns;
  const toMend = (row: ImportRow) => {
    const bad = new Set(row.problems.flatMap((problem) => columnsOf(problem, parts, allColumns)));
    const last = touched.get(row.row)?.last.column;
    return allColumns.filter((column) => bad.has(column.index) || column.index === last);
  };
  return (
    <>
      <ul className="gx-import-cards">
        {items.map((row) => (
          <li key={row.row} data-state={row.left_out ? "left_out" : row.problems.length > 0 ? "bad" : "good"}>
            <header>
              <span className="gx-numeric gx-muted">{t("imports.row", { n: row.row })}</span>
              <span className="gx-ellipsis">{title ? row.cells[title.index] : ""}</span>
              {row.fixed || row.left_out ? (
                <Button
                  type="text"
                  size="small"
                  icon={<RollbackOutlined />}
                  onClick={() => work.restore(row)}
                  disabled={busy.has(row.row)}
                  aria-label={t("imports.restoreRowOf", { n: row.row })}
                />
              ) : null}
              {row.left_out ? null : (
                <Button
                  type="text"
                  size="small"
                  icon={<MinusCircleOutlined />}
                  onClick={() => work.leaveOut(row)}
                  disabled={busy.has(row.row)}
                  aria-label={t("imports.leaveOutOf", { n: row.row })}
                />
              )}
            </header>
            {row.left_out
              ? null
              : toMend(row).map((column) => (
                  <div key={column.index} className="gx-import-card-cell">
                    <label htmlFor={`import-${row.row}-${column.index}`} className="gx-muted">
                      {column.header || t("imports.unnamed", { n: column.index + 1 })}
                    </label>
                    <Input
                      id={`import-${row.row}-${column.index}`}
                      key={row.cells[column.index] ?? ""}
                      defaultValue={row.cells[column.index] ?? ""}
                      onBlur={(event) => work.fix(row, column.index, event.target.value)}
                      onPressEnter={(event) => event.currentTarget.blur()}
                    />
                  </div>
                ))}
            <RowReasons row={row} parts={parts} fieldName={fieldName} touched={touched.get(row.row)} onSame={onSame} />
          </li>
        ))}
      </ul>
      {rows.hasNextPage ? (
        <Button block loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
          {t("common.more")}
        </Button>
      ) : null}
    </>
  );
}

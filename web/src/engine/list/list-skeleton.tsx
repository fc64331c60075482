import { useTranslation } from "react-i18next";
import type { GridColumn } from "./columns";
import { gridTemplate } from "./columns";

const ROWS = 14;

/** The shape of the list to come, with its real columns, so that nothing jumps when the rows arrive. */
export function ListSkeleton({ columns, phone }: { columns: GridColumn[]; phone: boolean }) {
  const { t } = useTranslation();
  const template = phone ? "1fr" : gridTemplate(columns);
  return (
    <div className="gx-list-skeleton" role="status" aria-label={t("common.loading")}>
      {Array.from({ length: ROWS }, (_row, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div key={row} className="gx-skeleton-row" style={{ gridTemplateColumns: template }}>
          {phone ? null : <span />}
          {(phone ? columns.slice(0, 1) : columns).map((column, at) => (
            <span key={column.path}>
              <span className="gx-bone" style={{ width: `${40 + ((row * 7 + at * 13) % 45)}%` }} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

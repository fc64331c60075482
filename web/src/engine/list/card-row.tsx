import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValue, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { isEmptyValue } from "@/fields/values";
import { useGone } from "@/realtime/store";
import { TickBox } from "@/ui/tick-box";
import { readPath } from "../meta";
import type { GridColumn } from "./columns";
import { GoneWord } from "./gone-word";
import type { RowActions } from "./grid-row";

interface CardRowProps {
  record: RecordData;
  object: string;
  index: number;
  top: number;
  columns: GridColumn[];
  title: string;
  selected: boolean;
  selecting: boolean;
  actions: RowActions;
  linked: boolean;
  /** It belongs into the list no more. */
  left: boolean;
  /** The field the list is sorted by first. */
  sortedBy: string | undefined;
}

const ON_A_CARD = 3;
const DAYS: ReadonlySet<string> = new Set(["date", "datetime"]);

/** A row on a phone: the name and one figure or day on the first line, the next few columns on the second. */
export const CardRow = memo(function CardRow(props: CardRowProps) {
  const { record, object, index, top, columns, title, selected, selecting, actions, linked, left, sortedBy } = props;
  const { t } = useTranslation();
  const gone = useGone(record.id);
  const filled = columns.filter(
    (column) => !column.isTitle && !isEmptyValue(readPath(record, column.path) as FieldValue | undefined),
  );
  // A sum of money speaks for itself, and so does the day the list goes by; anything else would need its heading.
  const typeOf = (column: GridColumn) => column.field.result ?? column.field.type;
  const money = filled.find((column) => typeOf(column) === "money");
  const day = filled.find((column) => column.path === sortedBy && DAYS.has(typeOf(column)));
  const figure = money ?? day;
  const rest = filled.filter((column) => column !== figure).slice(0, ON_A_CARD);
  const body = (
    <>
      <span className="gx-card-line">
        <strong>{title}</strong>
        {figure ? (
          <span className={money ? undefined : "gx-muted"}>
            <FieldDisplay field={figure.field} value={readPath(record, figure.path) as FieldValue} />
          </span>
        ) : null}
      </span>
      <span className="gx-card-line gx-muted">
        {rest.map((column) => (
          <span key={column.path} className="gx-card-fact">
            <FieldDisplay
              field={column.field}
              value={readPath(record, column.path) as FieldValue}
              record={column.depth === 0 ? record : undefined}
            />
          </span>
        ))}
      </span>
    </>
  );
  return (
    <div
      className="gx-list-card"
      data-gone={gone ? true : undefined}
      data-left={left || undefined}
      aria-selected={selected}
      role="row"
      tabIndex={-1}
      style={{ transform: `translateY(${top}px)` }}
    >
      {selecting ? (
        <div role="gridcell" tabIndex={-1} className="gx-card-tick">
          <TickBox
            checked={selected}
            onTick={(checked) => actions.select(index, checked, false)}
            label={t("list.selectRow", { name: title })}
          />
        </div>
      ) : null}
      {linked && !selecting ? (
        <div className="gx-card-body" role="gridcell" tabIndex={-1}>
          <RecordLink object={object} id={record.id} className="gx-card-cover">
            <span className="gx-visually-hidden">{title}</span>
          </RecordLink>
          {body}
        </div>
      ) : (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the tick box beside it takes the keys
        <div
          className="gx-card-body"
          role="gridcell"
          tabIndex={-1}
          onClick={() => actions.select(index, !selected, false)}
        >
          {body}
        </div>
      )}
      <GoneWord gone={gone} left={left} />
    </div>
  );
});

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { LikenessSign } from "./likeness-sign";
import type { QueueRow } from "./queue";

export interface GroupCompareProps {
  object: ObjectMeta;
  records: RecordData[];
  rows: QueueRow[];
  nameOf: (record: RecordData) => string;
  /** Takes one record out of the group; null where that is the same as deciding on all of it. */
  onDecide: ((only: string) => void) | null;
}

/** The names of the fields with the signs, and the least a record needs, in pixels; narrower it scrolls. */
const HEAD_WIDTH = 170;
const COLUMN_WIDTH = 170;

/** The records of a group side by side: fields as rows, and beside each whether it differs. */
export function GroupCompare({ object, records, rows, nameOf, onDecide }: GroupCompareProps) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by the keyboard
    <section className="gx-compare-scroll" aria-label={t("duplicates.compareTable")} tabIndex={0}>
      <table className="gx-compare" style={{ minWidth: HEAD_WIDTH + records.length * COLUMN_WIDTH }}>
        <colgroup>
          <col className="gx-compare-field" />
          <col className="gx-compare-sign" />
          <col span={records.length} />
        </colgroup>
        <tbody>
          {rows.map((row) => {
            const isTitle = row.field.name === object.title_field;
            const Cell = isTitle ? "th" : "td";
            return (
              <tr key={row.field.name} data-likeness={row.likeness} data-compared={row.compared || undefined}>
                <th scope="row">{label(row.field.label)}</th>
                <td>
                  <LikenessSign likeness={row.likeness} />
                </td>
                {records.map((record) => (
                  <Cell key={record.id} {...(isTitle ? { scope: "col" } : {})}>
                    {isTitle ? (
                      <RecordLink object={object.name} id={record.id}>
                        {nameOf(record)}
                      </RecordLink>
                    ) : (
                      <ComparedValue row={row} value={record[row.field.name]} record={record} />
                    )}
                  </Cell>
                ))}
              </tr>
            );
          })}
          {onDecide ? (
            <tr>
              <td />
              <td />
              {records.map((record) => (
                <td key={record.id}>
                  <Button
                    size="small"
                    aria-label={t("duplicates.notThisLabel", { name: nameOf(record) })}
                    onClick={() => onDecide(record.id)}
                  >
                    {t("duplicates.notThis")}
                  </Button>
                </td>
              ))}
            </tr>
          ) : null}
        </tbody>
      </table>
    </section>
  );
}

interface ComparedValueProps {
  row: QueueRow;
  value: FieldValue | undefined;
  record: RecordData;
}

export function ComparedValue({ row, value, record }: ComparedValueProps) {
  const { t } = useTranslation();
  if (isEmptyValue(value)) return <span className="gx-muted">{t("duplicates.noValue")}</span>;
  return <FieldDisplay field={row.field} value={value} record={record} />;
}

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { RecordLink } from "@/fields/record-link";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ComparedValue, type GroupCompareProps } from "./group-compare";
import { LikenessSign } from "./likeness-sign";

/** The same on a phone: the records below one another, each with what it holds. */
export function GroupStack({ object, records, rows, nameOf, onDecide }: GroupCompareProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const facts = rows.filter((row) => row.field.name !== object.title_field);
  return (
    <ul className="gx-stack">
      {records.map((record) => (
        <li key={record.id}>
          <div className="gx-stack-head">
            <RecordLink object={object.name} id={record.id}>
              {nameOf(record)}
            </RecordLink>
            {onDecide ? (
              <Button
                size="small"
                aria-label={t("duplicates.notThisLabel", { name: nameOf(record) })}
                onClick={() => onDecide(record.id)}
              >
                {t("duplicates.notThis")}
              </Button>
            ) : null}
          </div>
          <dl>
            {facts
              .filter((row) => !isEmptyValue(record[row.field.name]))
              .map((row) => (
                <div key={row.field.name} data-likeness={row.likeness} data-compared={row.compared || undefined}>
                  <dt>
                    {label(row.field.label)} <LikenessSign likeness={row.likeness} />
                  </dt>
                  <dd>
                    <ComparedValue row={row} value={record[row.field.name]} record={record} />
                  </dd>
                </div>
              ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

import { Radio } from "antd";
import { useTranslation } from "react-i18next";
import { FieldDisplay } from "@/fields/field-display";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { KindWord } from "./kind-word";
import { type MergeRowsProps, useValueText } from "./merge-table";

const ALL = "";

/** The same on a phone: a card for each field, the records' values below one another. */
export function MergeCards({ records, rows, survivor, nameOf, onChoose }: MergeRowsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const valueText = useValueText();
  return (
    <div className="gx-merge-cards">
      {rows.map((row) => {
        const { field } = row;
        const name = label(field.label);
        const fixed = !row.mayChoose || row.kind === "same";
        return (
          <fieldset key={field.name} id={`merge-${field.name}`} data-kind={row.kind}>
            <legend>
              {name}
              <KindWord kind={row.kind} />
            </legend>
            {fixed ? (
              <>
                <FieldDisplay field={field} value={row.outcome} variant="page" />
                {row.mayChoose ? null : <small className="gx-muted">{t("merging.mayNotChoose")}</small>}
              </>
            ) : (
              <Radio.Group
                value={row.chosen ?? ALL}
                onChange={(event) =>
                  onChoose(field.name, event.target.value === ALL ? null : String(event.target.value))
                }
              >
                {row.many ? (
                  <Radio value={ALL} aria-label={t("merging.unionOf", { field: name })}>
                    {t("merging.union")}
                  </Radio>
                ) : null}
                {records.map((record) => {
                  const value = record[field.name];
                  const words = { field: name, name: nameOf(record), value: valueText(row, record) };
                  return (
                    <Radio key={record.id} value={record.id} aria-label={t("merging.take", words)}>
                      {isEmptyValue(value) ? (
                        <span className="gx-muted">{t("duplicates.noValue")}</span>
                      ) : (
                        <FieldDisplay field={field} value={value} variant="page" record={record} />
                      )}
                      <small className="gx-muted">
                        {nameOf(record)}
                        {record.id === survivor ? ` · ${t("merging.kept")}` : ""}
                      </small>
                    </Radio>
                  );
                })}
              </Radio.Group>
            )}
          </fieldset>
        );
      })}
    </div>
  );
}

import { Radio } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { fieldKind } from "@/fields/registry";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { KindWord } from "./kind-word";
import type { MergeRow } from "./model";

export interface MergeRowsProps {
  object: ObjectMeta;
  records: RecordData[];
  rows: MergeRow[];
  survivor: string;
  nameOf: (record: RecordData) => string;
  onChoose: (field: string, id: string | null) => void;
}

/** Fields as rows, records as columns, and at the end what comes of it. */
export function MergeTable({ records, rows, survivor, nameOf, onChoose }: MergeRowsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const valueText = useValueText();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by the keyboard
    <section className="gx-merge-scroll" aria-label={t("merging.values")} tabIndex={0}>
      <table className="gx-merge-table">
        <thead>
          <tr>
            <th scope="col">{t("merging.field")}</th>
            {records.map((record) => (
              <th key={record.id} scope="col" data-kept={record.id === survivor || undefined}>
                <span className="gx-merge-name">{nameOf(record)}</span>
                {record.id === survivor ? <span className="gx-survivor-word">{t("merging.kept")}</span> : null}
              </th>
            ))}
            <th scope="col">{t("merging.result")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { field } = row;
            const name = label(field.label);
            return (
              <tr key={field.name} id={`merge-${field.name}`} data-kind={row.kind}>
                <th scope="row">
                  {name}
                  <KindWord kind={row.kind} />
                </th>
                {records.map((record) => {
                  const value = record[field.name];
                  const shown = <FieldDisplay field={field} value={value} variant="page" record={record} />;
                  const said = valueText(row, record);
                  return (
                    <td key={record.id} data-chosen={row.chosen === record.id || undefined}>
                      {row.mayChoose && row.kind !== "same" ? (
                        <span className="gx-merge-choice">
                          <Radio
                            name={`merge-${field.name}`}
                            checked={row.chosen === record.id}
                            onChange={() => onChoose(field.name, record.id)}
                            aria-label={t("merging.take", { field: name, name: nameOf(record), value: said })}
                          />
                          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are on the radio beside it */}
                          {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are on the radio beside it */}
                          <div
                            onClick={(event) => {
                              if (!(event.target as Element).closest("a, button")) onChoose(field.name, record.id);
                            }}
                          >
                            {isEmptyValue(value) ? <span className="gx-muted">{t("duplicates.noValue")}</span> : shown}
                          </div>
                        </span>
                      ) : (
                        shown
                      )}
                    </td>
                  );
                })}
                <td className="gx-merge-outcome" title={row.mayChoose ? undefined : t("merging.mayNotChoose")}>
                  <FieldDisplay field={field} value={row.outcome} variant="page" />
                  {row.many && row.mayChoose && row.kind !== "same" ? (
                    <Radio
                      name={`merge-${field.name}`}
                      checked={row.chosen === null}
                      onChange={() => onChoose(field.name, null)}
                      aria-label={t("merging.unionOf", { field: name })}
                    >
                      {t("merging.union")}
                    </Radio>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** The value of a field of a record as one line, for those who hear it. */
export function useValueText(): (row: MergeRow, record: RecordData) => string {
  const { t } = useTranslation();
  const formats = useFormats();
  return (row, record) => {
    const value = record[row.field.name];
    return isEmptyValue(value) ? t("duplicates.noValue") : fieldKind(row.field).toText(value, row.field, formats);
  };
}

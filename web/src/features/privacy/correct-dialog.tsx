import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Concerned, correctRecord } from "@/api/privacy";
import { queryKeys } from "@/api/query-keys";
import type { FieldMeta, FieldValues, RecordData } from "@/api/types";
import { useObject } from "@/engine/meta";
import { InputDialog } from "@/engine/record/input-dialog";
import { useRecord, wireValues } from "@/engine/records";
import { FieldDisplay } from "@/fields/field-display";
import { isEmptyValue, sameValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";

const KINDS = ["text", "long_text", "email", "phone", "person_name", "address", "date", "select", "url"];

interface CorrectDialogProps {
  request: RecordData;
  one: Concerned;
  onClose: () => void;
}

/** Corrects a record of the person: what changes is told below the fields before it is done. */
export function CorrectDialog({ request, one, onClose }: CorrectDialogProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const object = useObject(one.object);
  const read = useRecord(one.object, one.id);
  const record = read.data;
  const fields = useMemo(
    () =>
      (object?.fields ?? [])
        .filter((field) => KINDS.includes(field.type) && !field.read_only && !field.computed && field.masked === null)
        .map(
          ({ visible_when: _shown, required_when: _needed, ...field }): FieldMeta => ({ ...field, required: false }),
        ),
    [object],
  );
  const given = useMemo(
    (): FieldValues =>
      Object.fromEntries(
        fields.flatMap(({ name }) => (isEmptyValue(record?.[name]) ? [] : [[name, record?.[name] ?? null]])),
      ),
    [fields, record],
  );
  if (!object || !record) return null;
  const changed = (values: FieldValues): FieldValues =>
    Object.fromEntries(
      fields.flatMap(({ name }) => {
        const value = values[name] ?? null;
        return sameValue(value, record[name] ?? null) ? [] : [[name, value]];
      }),
    );
  return (
    <InputDialog
      title={t("privacy.request.correct")}
      text={t("privacy.correct.text")}
      okText={t("privacy.correct.ok")}
      object={object}
      record={record}
      fields={fields}
      given={given}
      panel={(values) => <Changes fields={fields} record={record} values={changed(values)} />}
      onSubmit={async (values) => {
        const wanted = changed(values);
        if (Object.keys(wanted).length === 0) throw new Error(t("privacy.correct.nothing"));
        await correctRecord(request.id, one.id, wireValues(wanted), false);
        await queryClient.invalidateQueries({ queryKey: queryKeys.records });
        void message.success(t("privacy.correct.done"));
      }}
      onClose={onClose}
    />
  );
}

function Changes({ fields, record, values }: { fields: FieldMeta[]; record: RecordData; values: FieldValues }) {
  const { t } = useTranslation();
  const label = useLabel();
  const names = Object.keys(values);
  if (names.length === 0) return <p className="gx-muted">{t("privacy.correct.nothing")}</p>;
  const shown = (field: FieldMeta, value: FieldValues[string] | undefined) =>
    isEmptyValue(value) ? (
      <span className="gx-muted">{t("privacy.correct.empty")}</span>
    ) : (
      <FieldDisplay field={field} value={value} />
    );
  return (
    <dl className="gx-privacy-changes" aria-live="polite">
      {fields
        .filter(({ name }) => names.includes(name))
        .map((field) => (
          <div key={field.name}>
            <dt>{label(field.label)}</dt>
            <dd>
              <del>{shown(field, record[field.name])}</del> → <ins>{shown(field, values[field.name])}</ins>
            </dd>
          </div>
        ))}
    </dl>
  );
}

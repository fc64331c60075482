import { useTranslation } from "react-i18next";
import type { FieldMeta, FieldValue } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { referenceTarget } from "@/fields/reference/target";
import { asStrings, asText } from "@/fields/values";
import { useRecordName } from "./use-record-name";

/** A value for every row, as people read it: records by their names. */
export function ConstantText({ field, value }: { field: FieldMeta; value: FieldValue }) {
  const { t } = useTranslation();
  const target = referenceTarget(field);
  if (target === "") return <FieldDisplay field={field} value={value} variant="cell" />;
  const ids = Array.isArray(value) ? asStrings(value) : [asText(value)];
  return ids.map((id, at) => (
    <span key={id}>
      {at > 0 ? t("common.comma") : ""}
      <RecordName object={target} id={id} />
    </span>
  ));
}

function RecordName({ object, id }: { object: string; id: string }) {
  return useRecordName(object, id) ?? "…";
}

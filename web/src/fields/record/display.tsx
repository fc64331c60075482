import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { RecordLink } from "../record-link";
import type { FieldDisplayProps } from "../types";
import { asText, isObject } from "../values";
import { useRecordKinds } from "./kinds";

/** A record of whatever object. One that is gone, or not the reader's to see, is said to be so. */
export function RecordDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  const labelOf = useLabel();
  const kinds = useRecordKinds();
  if (!isObject(value)) return null;
  const label = asText(value.label);
  // A history keeps which record it was, and not its name.
  const kind = value.label === undefined ? kinds.find((one) => one.name === value.object) : undefined;
  if (kind) {
    return (
      <RecordLink object={kind.name} id={asText(value.id)}>
        {labelOf(kind.label)}
      </RecordLink>
    );
  }
  if (label === "") return <span className="gx-muted">{t("common.notVisible")}</span>;
  return (
    <RecordLink object={asText(value.object)} id={asText(value.id)}>
      {label}
    </RecordLink>
  );
}

import { useTranslation } from "react-i18next";
import { RecordLink } from "../record-link";
import type { FieldDisplayProps } from "../types";
import { asText, isObject } from "../values";

/** A record of whatever object. One that is gone, or not the reader's to see, is said to be so. */
export function RecordDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  if (!isObject(value)) return null;
  const label = asText(value.label);
  if (label === "") return <span className="gx-muted">{t("common.notVisible")}</span>;
  return (
    <RecordLink object={asText(value.object)} id={asText(value.id)}>
      {label}
    </RecordLink>
  );
}

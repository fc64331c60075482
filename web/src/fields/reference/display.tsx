import { useTranslation } from "react-i18next";
import { RecordLink } from "../record-link";
import type { FieldDisplayProps } from "../types";
import { asReference } from "../values";
import { referenceTarget } from "./target";

export function ReferenceDisplay({ field, value, variant }: FieldDisplayProps) {
  const reference = asReference(value);
  if (!reference) return null;
  if (reference.label === null) return <OutOfSight />;
  return (
    <RecordLink object={referenceTarget(field)} id={reference.id} tabIndex={variant === "cell" ? -1 : undefined}>
      {reference.label}
    </RecordLink>
  );
}

function OutOfSight() {
  const { t } = useTranslation();
  return <span className="gx-muted">{t("common.notVisible")}</span>;
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { FieldDisplayProps } from "../types";
import { asReference } from "../values";
import { referenceTarget } from "./target";

export function ReferenceDisplay({ field, value }: FieldDisplayProps) {
  const { t } = useTranslation();
  const reference = asReference(value);
  if (!reference) return null;
  if (reference.label === null) return <span className="gx-muted">{t("common.notVisible")}</span>;
  return (
    <Link
      to="/r/$object/$id"
      params={{ object: referenceTarget(field), id: reference.id }}
      onClick={(event) => event.stopPropagation()}
    >
      {reference.label}
    </Link>
  );
}

import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";

/** Says beside a field's name that its value is covered here for the caller. */
export function MaskedHint({ field, inList = false }: { field: FieldMeta; inList?: boolean }) {
  const { t } = useTranslation();
  if (!field.masked || (field.masked === "lists" && !inList)) return null;
  const text = t(field.masked === "lists" ? "fields.maskedInLists" : "fields.masked");
  // No icon: lists carry this with their first screen.
  return (
    <span className="gx-masked" role="img" title={text} aria-label={text}>
      ***
    </span>
  );
}

/** Stands for a value that is covered of this record until it is opened, or somebody's. */
export function CoveredHint({ unopened }: { unopened: boolean }) {
  const { t } = useTranslation();
  return <span className="gx-muted">{t(unopened ? "fields.unopened" : "fields.covered")}</span>;
}

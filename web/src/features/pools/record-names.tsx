import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, Reference } from "@/api/types";

/** Records by name, each in a window of its own: what one is at is not to be lost by looking at them. */
export function RecordNames({ object, records }: { object: ObjectMeta | null; records: Reference[] }) {
  const { t } = useTranslation();
  return records.map(({ id, label }) =>
    object ? (
      <Link key={id} to="/r/$object/$id" params={{ object: object.name, id }} target="_blank" rel="noreferrer">
        {label ?? t("record.untitled")}
      </Link>
    ) : (
      <span key={id}>{label ?? t("record.untitled")}</span>
    ),
  );
}

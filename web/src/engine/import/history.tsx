import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { findObject, useMeta } from "../meta";
import { ImportList } from "./import-list";

/** What is kept for imports to come. */
const KEPT = ["import_mapping", "import_schedule"];

/** Earlier imports of an object, with the ways to what is kept for later ones. */
export function History({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const kept = KEPT.flatMap((name) => findObject(meta, name) ?? []).filter((one) => one.access.create);
  return (
    <ImportList
      query={{ object: object.name }}
      title={t("imports.history")}
      more={
        <span className="gx-import-kept">
          {kept.map((one) => (
            <Link key={one.name} to="/o/$object" params={{ object: one.name }}>
              {label(one.plural)}
            </Link>
          ))}
        </span>
      }
    />
  );
}

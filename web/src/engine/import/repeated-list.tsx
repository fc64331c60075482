import { useTranslation } from "react-i18next";
import type { ImportRepeats } from "@/api/imports";
import { useFormats } from "@/i18n/formats";
import { LeaveOut, type LeavingOut } from "./leave-out";
import type { PlanDraft } from "./plan";
import { usePartNames } from "./use-part-names";

interface RepeatedListProps {
  repeated: ImportRepeats;
  draft: PlanDraft;
  leaving: LeavingOut;
}

/** Rows of the file that mean the same record as a row before them. */
export function RepeatedList({ repeated, draft, leaving }: RepeatedListProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const nameOf = usePartNames(draft);
  if (repeated.rows === 0) return null;
  return (
    <section className="gx-panel">
      <h2>{t("imports.repeated", { n: formats.number(repeated.rows) })}</h2>
      <p>{t("imports.repeatedText")}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <ul className="gx-import-repeated" tabIndex={0} aria-label={t("imports.repeatedList")}>
        {repeated.first.map((one) => (
          <li key={`${one.part}.${one.row}`} data-left={leaving.left.has(one.row) || undefined}>
            <span className="gx-numeric gx-muted">{t("imports.rowAs", { row: one.row, of: one.of })}</span>
            <span className="gx-ellipsis" title={one.value}>
              {draft.parts.length > 1 ? `${nameOf(one.part)} · ` : ""}
              {one.value}
            </span>
            <span className="gx-muted">{t(one.certain ? "imports.repeatedOne" : "imports.repeatedTwo")}</span>
            <LeaveOut row={one.row} leaving={leaving} />
          </li>
        ))}
      </ul>
    </section>
  );
}

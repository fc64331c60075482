import { useTranslation } from "react-i18next";
import type { PartCounts } from "@/api/imports";
import { useFormats } from "@/i18n/formats";
import type { PlanDraft } from "./plan";
import { usePartNames } from "./use-part-names";

const KINDS = ["create", "update", "skip"] as const;

interface PartCountsProps {
  parts: PartCounts[];
  draft: Pick<PlanDraft, "parts">;
  done: boolean;
}

/** What becomes of the records of each object, where a row makes several. */
export function PartCountsTable({ parts, draft, done }: PartCountsProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const nameOf = usePartNames(draft);
  if (parts.length < 2) return null;
  return (
    <table className="gx-import-part-counts">
      <thead>
        <tr>
          <th scope="col">{t("imports.perObject")}</th>
          {KINDS.map((kind) => (
            <th scope="col" key={kind}>
              {t(done ? `imports.did.${kind}` : `imports.would.${kind}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.key}>
            <th scope="row">{nameOf(part.key)}</th>
            {KINDS.map((kind) => (
              <td key={kind} className="gx-numeric" data-none={part.counts[kind] === 0 || undefined}>
                {formats.number(part.counts[kind])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

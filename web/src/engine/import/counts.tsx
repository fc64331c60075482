import { useTranslation } from "react-i18next";
import type { ImportCounts } from "@/api/imports";
import { useFormats } from "@/i18n/formats";

const KINDS = ["create", "update", "skip", "reject"] as const;

/** How many rows do what: before the run what they would do, after it what they did. */
export function Counts({ counts, done }: { counts: ImportCounts; done: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <dl className="gx-import-counts">
      {KINDS.map((kind) => (
        <div key={kind} data-kind={kind} data-none={counts[kind] === 0 || undefined}>
          <dt>{t(done ? `imports.did.${kind}` : `imports.would.${kind}`)}</dt>
          <dd className="gx-numeric">{formats.number(counts[kind])}</dd>
        </div>
      ))}
    </dl>
  );
}

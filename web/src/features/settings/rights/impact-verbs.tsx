import { useTranslation } from "react-i18next";
import type { Flag, Simulation } from "@/api/rights";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";

type VerbImpact = Simulation["verbs"][number];
type NotedImpact = Simulation["notes"][number];

/** Verbs and actions that open to members or close, whatever the record. */
export function VerbImpacts({ verbs, objectName }: { verbs: VerbImpact[]; objectName: (name: string) => string }) {
  const { t } = useTranslation();
  const label = useLabel();
  if (verbs.length === 0) return null;
  const name = (it: VerbImpact) => (it.action ? label(it.action) : t(`rights.verbs.${it.verb as Flag | "restore"}`));
  return (
    <>
      <h3>{t("rights.impact.verbs")}</h3>
      <ul className="gx-impact-fields">
        {verbs.map((it) => (
          <li key={`${it.object}.${it.action ? "action " : ""}${it.verb}`}>
            <span>{t("rights.impact.verbOf", { object: objectName(it.object), verb: name(it) })}</span>
            {it.gaining > 0 ? <ColorTag color="green">{t("rights.impact.gain", { n: it.gaining })}</ColorTag> : null}
            {it.losing > 0 ? <ColorTag color="orange">{t("rights.impact.lose", { n: it.losing })}</ColorTag> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What changes about fields beside the right on them: covered in lists, frozen in some state. */
export function NotedImpacts({ notes, fieldOf }: { notes: NotedImpact[]; fieldOf: (it: NotedImpact) => string }) {
  const { t } = useTranslation();
  if (notes.length === 0) return null;
  return (
    <ul className="gx-impact-fields">
      {notes.map((it) => (
        <li key={`${it.object}.${it.field}.${it.note}`}>
          <span>{fieldOf(it)}</span>
          <span>{t(`rights.impact.notes.${it.note}`)}</span>
          <span className="gx-muted">{t("rights.impact.people", { n: it.members })}</span>
        </li>
      ))}
    </ul>
  );
}

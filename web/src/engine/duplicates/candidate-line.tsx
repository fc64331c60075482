import { useTranslation } from "react-i18next";
import type { DuplicateCandidate } from "@/api/duplicates";
import { pagePath } from "@/api/place";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { findObject, useMeta } from "../meta";
import { certaintyOf, speakingFor } from "./reasons";
import { useReasonText } from "./use-reason-text";

/** As many reasons as a line has room for. */
const FEW = 3;

export function CertaintyTag({ probability }: { probability: number }) {
  const { t } = useTranslation();
  const certainty = certaintyOf(probability);
  return (
    <span className="gx-certainty" data-certainty={certainty}>
      {t(`duplicates.certainty.${certainty}`)}
    </span>
  );
}

/** What a candidate is; null where the caller knows of no such object. */
export function useCandidateObject(object: ObjectMeta, candidate: DuplicateCandidate | undefined): ObjectMeta | null {
  const meta = useMeta();
  const name = candidate?.object ?? object.name;
  return name === object.name ? object : findObject(meta, name);
}

interface CandidateLineProps {
  /** What is compared; the candidate may be of another object, which it then names. */
  object: ObjectMeta;
  candidate: DuplicateCandidate;
  /** False where how sure it is stands beside it already. */
  certain?: boolean;
}

/** One record that may be the same: which, whose, how sure and why. Of one out of sight, whose it is and no more. */
export function CandidateLine({ object, candidate, certain = true }: CandidateLineProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const of = useCandidateObject(object, candidate);
  const reasonText = useReasonText(of ?? object);
  const owner = candidate.owner?.label ?? null;
  if (!candidate.visible) {
    const what = of ? label(of.label) : t("duplicates.record");
    return (
      <span className="gx-candidate">
        <span>
          {owner
            ? t("duplicates.hiddenOwned", { object: what, name: owner })
            : t("duplicates.hidden", { object: what })}
        </span>
      </span>
    );
  }
  const name = candidate.label || t("record.untitled");
  const reasons = speakingFor(candidate.reasons, FEW).map(reasonText).join(t("common.comma"));
  return (
    <span className="gx-candidate">
      <a
        href={pagePath(`/r/${encodeURIComponent((of ?? object).name)}/${encodeURIComponent(candidate.id)}`)}
        target="_blank"
        rel="noopener"
        aria-label={t("duplicates.newTab", { name })}
        title={name}
      >
        {name}
      </a>
      {of && of.name !== object.name ? <span className="gx-candidate-object">{label(of.label)}</span> : null}
      {certain ? <CertaintyTag probability={candidate.probability} /> : null}
      <span className="gx-candidate-why" title={reasons}>
        {reasons}
      </span>
      {owner ? <span className="gx-muted">{t("duplicates.owner", { name: owner })}</span> : null}
    </span>
  );
}

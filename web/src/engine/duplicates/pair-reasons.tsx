import { useTranslation } from "react-i18next";
import type { DuplicatePair, DuplicateReason } from "@/api/duplicates";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { CertaintyTag } from "./candidate-line";
import { placeOf, speakingAgainst, speakingFor } from "./reasons";
import { useReasonText } from "./use-reason-text";

interface PairReasonsProps {
  object: ObjectMeta;
  pair: DuplicatePair;
  /** The two by name, where there are more of them in the group. */
  names: string | null;
}

/** Why two records may be one: what speaks for it and what against, each with its weight. */
export function PairReasons({ object, pair, names }: PairReasonsProps) {
  const { t } = useTranslation();
  const reasonText = useReasonText(object);
  const formats = useFormats();
  const weight = (reason: DuplicateReason) =>
    formats.number(reason.bits, { signDisplay: "always", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const chips = (reasons: DuplicateReason[], sign: "for" | "against") =>
    reasons.map((reason) => (
      <li key={placeOf(reason)} data-sign={sign} title={t("duplicates.bits", { bits: weight(reason) })}>
        {reasonText(reason)} <span className="gx-numeric">{weight(reason)}</span>
      </li>
    ));
  return (
    <div className="gx-pair">
      {names ? (
        <>
          <span>{names}</span>
          <CertaintyTag probability={pair.probability} />
        </>
      ) : null}
      <ul className="gx-reasons" aria-label={t("duplicates.because")}>
        {chips(speakingFor(pair.reasons), "for")}
        {chips(speakingAgainst(pair.reasons), "against")}
      </ul>
      {pair.decided_at ? (
        <span className="gx-muted">
          {t("duplicates.decidedBy", {
            name: pair.decided_by?.label ?? t("form.somebody"),
            at: formats.relative(pair.decided_at),
          })}
        </span>
      ) : null}
    </div>
  );
}

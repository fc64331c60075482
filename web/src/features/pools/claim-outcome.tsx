import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { RunOutcomeProps } from "@/engine/slots";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { useErrorText } from "@/ui/error-text";
import { type Claimed, type ClaimKind, claimOutcomes, countKinds } from "./claims";
import "./pools.css";

const COLORS: Record<ClaimKind, string> = {
  claimed: "green",
  taken: "orange",
  limit: "red",
  refused: "red",
  untried: "gray",
};

/** What became of each record somebody claimed: his, somebody else's by now, kept back by a limit, not tried. */
export function ClaimOutcome({ object, targets, state, left }: RunOutcomeProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const outcomes = claimOutcomes(targets, state, left);
  if (outcomes.length === 0) return null;
  const kinds = countKinds(outcomes).map(({ kind, count }) =>
    t("pools.claims.count", { kind: t(`pools.claims.${kind}`), n: formats.number(count) }),
  );
  return (
    <div className="gx-pool-claims">
      <table className="gx-table gx-pool-table">
        <caption>{kinds.join(" · ")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("pools.claims.record")}</th>
            <th scope="col">{t("pools.claims.outcome")}</th>
          </tr>
        </thead>
        <tbody>
          {outcomes.map((one) => (
            <Outcome key={one.id} object={object.name} outcome={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Outcome({ object, outcome }: { object: string; outcome: Claimed }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { id, name, kind, error } = outcome;
  return (
    <tr>
      <th scope="row">
        {/* In a window of its own: what became of the others is not to be lost by looking at one. */}
        <Link to="/r/$object/$id" params={{ object, id }} target="_blank" rel="noreferrer">
          {name}
        </Link>
      </th>
      <td className="gx-pool-outcome">
        <ColorTag color={COLORS[kind]}>{t(`pools.claims.${kind}`)}</ColorTag>
        {error ? <span className="gx-pool-why">{errorText(error)}</span> : null}
      </td>
    </tr>
  );
}

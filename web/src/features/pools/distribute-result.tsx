import { CheckCircleFilled, ExclamationCircleFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Distributed } from "@/api/pools";
import type { ObjectMeta, Reference } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { RecordNames } from "./record-names";
import { byMember, byReason } from "./shares";

interface DistributeResultProps {
  outcome: Distributed;
  members: Reference[];
  object: ObjectMeta | null;
}

/** What became of a distribution: who got how many, and what was refused and why. */
export function DistributeResult({ outcome, members, object }: DistributeResultProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { moves, refused } = outcome;
  const reasons = byReason(refused);
  return (
    <div className="gx-pool-result">
      <p role="status" className="gx-pool-status">
        {refused.length === 0 ? (
          <CheckCircleFilled className="gx-pool-good" />
        ) : (
          <ExclamationCircleFilled className="gx-pool-mixed" />
        )}
        {refused.length === 0
          ? t("pools.share.done", { n: formats.number(moves.length) })
          : t("pools.share.partly", { n: formats.number(moves.length), refused: formats.number(refused.length) })}
      </p>
      <ul className="gx-pool-records">
        {byMember(members, outcome)
          .filter(({ given }) => given.length > 0)
          .map(({ member, given }) => (
            <li key={member.id}>
              <span>{member.label ?? t("common.notVisible")}</span>
              <span className="gx-numeric">{formats.number(given.length)}</span>
            </li>
          ))}
      </ul>
      {reasons.length > 0 ? <h3>{t("runs.reasons")}</h3> : null}
      {reasons.map(({ reason, records }) => (
        <div key={reason} className="gx-pool-reason">
          <p>{reason}</p>
          <p className="gx-pool-names">
            <RecordNames object={object} records={records.map(({ record, label }) => ({ id: record, label }))} />
          </p>
        </div>
      ))}
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { TransferTarget } from "@/api/ownership";
import type { FieldValue, Label } from "@/api/types";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { useRecordNames } from "./use-names";
import "./transfer.css";

interface Shown {
  value: FieldValue;
}

interface Failure {
  object: string;
  id: string;
  label: string | null;
  reason: Label;
}

const listed = (value: FieldValue): unknown[] => (Array.isArray(value) ? value : []);

/** What a hand-over could not give away, and why. */
export function FailuresDisplay({ value }: Shown) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <ul className="gx-transfer-list">
      {(listed(value) as Failure[]).map((failure) => (
        <li key={`${failure.object} ${failure.id}`}>
          <Link to="/r/$object/$id" params={{ object: failure.object, id: failure.id }}>
            {failure.label || t("common.notVisible")}
          </Link>
          <span className="gx-muted">{label(failure.reason)}</span>
        </li>
      ))}
    </ul>
  );
}

/** By which plan records were handed over. */
export function PlanDisplay({ value }: Shown) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const plan = listed(value) as unknown as TransferTarget[];
  const ids = (kind: string) =>
    plan.flatMap(({ to, department }) => {
      if (kind === "department") return department ? [department] : [];
      if (kind === "pool") return "pool" in to ? [to.pool] : [];
      return "member" in to ? [to.member] : "members" in to ? to.members : [];
    });
  const members = useRecordNames("user", ids("user"));
  const pools = useRecordNames("pool", ids("pool"));
  const departments = useRecordNames("department", ids("department"));
  const goesTo = ({ to }: TransferTarget) => {
    if ("member" in to) return members(to.member);
    if ("members" in to)
      return t("ownership.shown.byTurns", { names: to.members.map(members).join(t("common.comma")) });
    return "pool" in to ? pools(to.pool) : t("ownership.transfer.stays");
  };
  return (
    <ol className="gx-transfer-list">
      {plan.map((target, at) => {
        const object = target.object ? findObject(meta, target.object) : null;
        const which = [
          object ? label(object.plural) : (target.object ?? t("ownership.shown.all")),
          target.department ? departments(target.department) : "",
        ];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a plan that was carried out does not change
          <li key={at}>
            <span>
              {which.filter(Boolean).join(" · ")} {target.when ? <code>{target.when}</code> : null}
            </span>
            <span>→ {goesTo(target)}</span>
          </li>
        );
      })}
    </ol>
  );
}

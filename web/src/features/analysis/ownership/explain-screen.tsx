import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { type Explanation, explainOwnership, type RuleFinding } from "@/api/ownership";
import { queryKeys } from "@/api/query-keys";
import { addDays } from "@/engine/calendar/days";
import type { ActionScreenProps } from "@/engine/slots";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";
import { Candidates } from "./candidates";
import { verdictOf } from "./verdict";
import "./ownership.css";

const COLORS = {
  decided: "green",
  not_needed: "default",
  condition_not_met: "default",
  nothing_found: "default",
  problem: "red",
  blocked: "orange",
  withheld: "default",
} as const;

/** Why a record belongs to its department: every rule in its order, what it found, and which one decided. */
export function ExplainScreen({ object, record, action, onClose }: ActionScreenProps) {
  const { t } = useTranslation();
  const asked = useQuery({
    queryKey: [...queryKeys.record(object.name, record.id), "ownership"],
    queryFn: () => explainOwnership(object.name, record.id, action.name),
    staleTime: 0,
    retry: false,
  });
  return (
    <SideDrawer title={t("ownership.explain.title")} size={800} onClose={onClose}>
      {asked.data ? (
        <Explained explanation={asked.data} />
      ) : asked.error ? (
        <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <PageSkeleton rows={6} />
      )}
    </SideDrawer>
  );
}

function Explained({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { department, decided_by: by, to, rules, last } = explanation;
  const name = (one: { label: string | null } | null) => one?.label || t("common.notVisible");
  const verdict = verdictOf(explanation);
  return (
    <>
      <dl className="gx-ownership-head">
        <div>
          <dt>{t("ownership.explain.now")}</dt>
          <dd>{department ? name(department) : t("ownership.none")}</dd>
        </div>
        <div>
          <dt>{t("ownership.explain.byRules")}</dt>
          <dd>{to ? name(to) : t("ownership.explain.undecided")}</dd>
        </div>
        <div>
          <dt>{t("ownership.rule")}</dt>
          <dd>{by ? name(by) : "—"}</dd>
        </div>
      </dl>
      <Alert
        type={verdict === "changes" ? "warning" : "info"}
        showIcon
        title={t(`ownership.verdicts.${verdict}`, { to: to ? name(to) : "" })}
      />
      <ol className="gx-ownership-rules">
        {rules.map((finding, index) => (
          <Finding key={finding.rule.id} finding={finding} number={index + 1} />
        ))}
      </ol>
      {rules.length === 0 ? <p className="gx-muted">{t("ownership.noRules")}</p> : null}
      {last ? (
        <p className="gx-muted">
          {t("ownership.explain.last", {
            at: formats.dateTime(last.decided_at),
            from: last.from ? name(last.from) : t("ownership.none"),
            to: name(last.to),
            rule: last.rule ? name(last.rule) : t("ownership.byHand"),
          })}
        </p>
      ) : null}
    </>
  );
}

function Finding({ finding, number }: { finding: RuleFinding; number: number }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { rule, outcome, reason, candidates, found, window, tie } = finding;
  return (
    <li data-outcome={outcome}>
      <h3>
        <span className="gx-ownership-number">{number}</span>
        {rule.label || t("common.notVisible")}
        <ColorTag color={COLORS[outcome]}>{t(`ownership.outcomes.${outcome}`)}</ColorTag>
      </h3>
      <p>
        {label(reason)}
        {tie ? ` ${t(`ownership.ties.${tie}`)}` : ""}
      </p>
      {window ? (
        <p className="gx-muted">
          {t("ownership.window", { from: formats.date(window.from), until: formats.date(addDays(window.until, -1)) })}
        </p>
      ) : null}
      {candidates.length > 0 ? <Candidates candidates={candidates} found={found?.id ?? null} /> : null}
    </li>
  );
}

import { Link } from "@tanstack/react-router";
import { Segmented, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { FINDING_KINDS, QUALITY_RULE, type QualityObject, type QualitySummary } from "@/api/quality";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import type { QualitySearch } from "./model";
import { Score } from "./score";
import { TrendCard } from "./trend-card";
import { useSummary } from "./use-quality";

interface OverviewTabProps {
  chosen: QualityObject;
  search: QualitySearch;
  onChange: (next: QualitySearch) => void;
}

/** How it goes, where it is worst, and which rules fail most. */
export function OverviewTab({ chosen, search, onChange }: OverviewTabProps) {
  const by = search.by === "owner" ? "owner" : "department";
  const summary = useSummary(chosen.object, by);
  if (summary.isPending) return <Skeleton active title={false} paragraph={{ rows: 8 }} />;
  if (!summary.data) return <ErrorState error={summary.error} onRetry={() => void summary.refetch()} />;
  return (
    <div className="gx-quality-cards" data-stale={summary.isFetching || undefined}>
      <TrendCard object={chosen.object} />
      <RulesCard summary={summary.data} />
      <GroupsCard summary={summary.data} by={by} onBy={(next) => onChange({ by: next })} />
    </div>
  );
}

function RulesCard({ summary }: { summary: QualitySummary }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const rules = [...summary.by_rule].sort((one, other) => other.fails - one.fails);
  return (
    <section className="gx-quality-card" aria-labelledby="gx-quality-by-rule">
      <header>
        <h2 id="gx-quality-by-rule">{t("quality.byRule")}</h2>
      </header>
      <table className="gx-table">
        <caption className="gx-visually-hidden">{t("quality.byRule")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("quality.rule")}</th>
            <th scope="col">{t("quality.kind")}</th>
            <th scope="col" data-align="end">
              {t("quality.fails")}
            </th>
            <th scope="col" data-align="end">
              {t("quality.ofApplying")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map(({ rule, applies, fails }) => (
            <tr key={rule.id}>
              <th scope="row">
                <Link to="/r/$object/$id" params={{ object: QUALITY_RULE, id: rule.id }}>
                  {label(rule.name)}
                </Link>
              </th>
              <td>
                {t(`quality.tabs.${rule.kind}`)} · {t(`quality.severities.${rule.severity}`)}
              </td>
              <td data-align="end" className="gx-numeric">
                {fails > 0 ? (
                  <Link to="/quality" search={{ object: summary.object, tab: rule.kind, rule: rule.id }}>
                    {formats.number(fails)}
                  </Link>
                ) : (
                  0
                )}
              </td>
              <td data-align="end" className="gx-numeric">
                {applies > 0 ? formats.number(fails / applies, { style: "percent", maximumFractionDigits: 1 }) : "—"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface GroupsCardProps {
  summary: QualitySummary;
  by: "department" | "owner";
  onBy: (by: "department" | "owner") => void;
}

function GroupsCard({ summary, by, onBy }: GroupsCardProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <section className="gx-quality-card" data-wide aria-labelledby="gx-quality-groups">
      <header>
        <h2 id="gx-quality-groups">{t("quality.groups")}</h2>
        <Segmented<"department" | "owner">
          value={by}
          onChange={onBy}
          options={(["department", "owner"] as const).map((one) => ({ value: one, label: t(`quality.by.${one}`) }))}
          aria-label={t("quality.groups")}
        />
      </header>
      {summary.groups.length === 0 ? <p className="gx-muted">{t("quality.noGroups")}</p> : null}
      {summary.groups.length > 0 ? (
        <table className="gx-table">
          <caption className="gx-visually-hidden">{t("quality.groups")}</caption>
          <thead>
            <tr>
              <th scope="col">{t(`quality.by.${by}`)}</th>
              <th scope="col" data-align="end">
                {t("quality.score")}
              </th>
              <th scope="col" data-align="end">
                {t("quality.recordsHead")}
              </th>
              {FINDING_KINDS.map((kind) => (
                <th key={kind} scope="col" data-align="end">
                  {t(`quality.tabs.${kind}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {summary.groups.map((group) => (
              <tr key={group.id ?? ""}>
                <th scope="row">{group.id === null ? t("quality.nobody") : (group.label ?? t("common.notVisible"))}</th>
                <td data-align="end">
                  <Score value={group.score} />
                </td>
                <td data-align="end" className="gx-numeric">
                  {formats.number(group.records)}
                </td>
                {FINDING_KINDS.map((kind) => (
                  <td key={kind} data-align="end" className="gx-numeric">
                    {group[kind] > 0 && group.id !== null ? (
                      <Link to="/quality" search={{ object: summary.object, tab: kind, [by]: group.id }}>
                        {formats.number(group[kind])}
                      </Link>
                    ) : (
                      formats.number(group[kind])
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

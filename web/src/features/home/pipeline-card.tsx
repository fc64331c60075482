import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { allOf, measureOf, moneySums, sumQuery, useAggregate } from "@/engine/aggregate";
import { quote } from "@/engine/filter/expression-tree";
import { findField } from "@/engine/meta";
import { moneySumText } from "@/fields/money/text";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { solidColor } from "@/ui/theme";
import { HomeCard } from "./home-card";
import { openCondition, ownCondition, type Scope } from "./home-model";

/** The open opportunities by stage, as bars. */
export function PipelineCard({ opportunity, scope }: { opportunity: ObjectMeta; scope: Scope }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { scheme } = useAppearance();
  const amount = findField(opportunity, "amount");
  const own = ownCondition(opportunity, scope);
  const totals = useAggregate(opportunity.name, {
    ...sumQuery(amount, "stage"),
    filter: allOf(own, openCondition(opportunity, "stage")),
  });
  const stages = (findField(opportunity, "stage")?.options ?? []).filter(
    (option) => !option.closed && (!option.retired || measureOf(totals.data, "count", option.value) > 0),
  );
  // Bars compare what can be compared: amounts only where all are in one currency.
  const currencies = amount ? moneySums(totals.data, amount, formats.currency).length : 0;
  const measure = currencies === 1 ? "sum(amount)" : "count";
  const most = stages.reduce((top, option) => Math.max(top, measureOf(totals.data, measure, option.value)), 0);
  const any = stages.some((option) => measureOf(totals.data, "count", option.value) > 0);
  return (
    <HomeCard
      title={scope === "mine" ? t("home.pipeline.mine") : t("home.pipeline.team")}
      loading={totals.isPending}
      error={totals.data ? null : totals.error}
      onRetry={() => void totals.refetch()}
      link={
        opportunity.views.board ? (
          <Link to="/o/$object/board" params={{ object: opportunity.name }} search={own ? { filter: own } : {}}>
            {t("home.pipeline.board")}
          </Link>
        ) : null
      }
      empty={any ? null : t("home.pipeline.none")}
    >
      <ul className="gx-pipeline">
        {stages.map((option) => {
          const count = measureOf(totals.data, "count", option.value);
          const value = measureOf(totals.data, measure, option.value);
          return (
            <li key={option.value}>
              <Link
                to="/o/$object"
                params={{ object: opportunity.name }}
                search={{ view: "all", filter: allOf(own, `stage == ${quote(option.value)}`) }}
              >
                <span className="gx-pipeline-name">{label(option.label)}</span>
                <span className="gx-pipeline-track">
                  <span
                    style={{
                      width: most > 0 ? `${Math.max(value > 0 ? 2 : 0, (value / most) * 100)}%` : 0,
                      background: solidColor(option.color, scheme),
                    }}
                  />
                </span>
                <span className="gx-pipeline-value gx-numeric">
                  {amount
                    ? moneySumText(moneySums(totals.data, amount, formats.currency, option.value), formats)
                    : formats.number(value)}
                </span>
                <span className="gx-pipeline-count gx-numeric">{formats.number(count)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </HomeCard>
  );
}

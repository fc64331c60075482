import { FlagOutlined, PlusOutlined, UnorderedListOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Select } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runObjectAction } from "@/api/records";
import type { ObjectMeta } from "@/api/types";
import { addDays } from "@/engine/calendar/days";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { NewRecordLink } from "@/engine/form/new-record";
import { useObject } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import type { Span } from "../period";
import {
  FORECAST,
  kindOf,
  readForecast,
  readPeriod,
  SALES_TARGET,
  TARGET_PERIODS,
  type TargetPeriod,
  targetSpan,
} from "./model";
import { TargetTable } from "./target-table";
import "../analysis.css";
import "./targets.css";

/** What the URL says of it. */
export interface TargetSearch {
  period?: string | undefined;
}

/** `/analysis/targets`: what was reached of the targets, and what is to be expected, from what the caller may see. */
export function TargetsPage() {
  const { t } = useTranslation();
  const { timeZone, locale } = useFormats();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/analysis/targets" });
  const object = useObject(SALES_TARGET);
  useEffect(() => {
    document.title = `${t("targets.title")} · ${t("common.product")}`;
  }, [t]);
  if (!object?.actions.some((action) => action.name === FORECAST)) {
    return <EmptyState icon={<FlagOutlined />} title={t("analysis.none")} text={t("targets.noneText")} />;
  }
  const period = readPeriod(search.period);
  const span = targetSpan(period, todayIn(timeZone));
  const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  const at = (text: string) => new Date(`${text}T00:00:00Z`);
  return (
    <div className="gx-analysis">
      <header className="gx-analysis-head">
        <h1>{t("targets.title")}</h1>
        <p aria-live="polite">{day.formatRange(at(span.from), at(addDays(span.to, -1)))}</p>
        <div className="gx-analysis-filters" role="toolbar" aria-label={t("analysis.filters")}>
          <Select<TargetPeriod>
            value={period}
            onChange={(next) => void navigate({ to: "/analysis/targets", search: { period: next }, replace: true })}
            popupMatchSelectWidth={false}
            options={TARGET_PERIODS.map((one) => ({ value: one, label: t(`targets.periods.${one}`) }))}
            aria-label={t("analysis.period")}
          />
          <Link to="/o/$object" params={{ object: SALES_TARGET }} className="gx-target-list">
            <UnorderedListOutlined /> {t("targets.list")}
          </Link>
        </div>
      </header>
      <Targets object={object} period={period} span={span} />
    </div>
  );
}

function Targets({ object, period, span }: { object: ObjectMeta; period: TargetPeriod; span: Span }) {
  const { t } = useTranslation();
  const kind = kindOf(period);
  const asked = { period: kind, from: span.from, to: span.from };
  const answer = useQuery({
    queryKey: [...queryKeys.object(SALES_TARGET), FORECAST, asked],
    queryFn: () => runObjectAction(SALES_TARGET, FORECAST, asked),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  if (answer.isPending) return <PageSkeleton rows={6} />;
  if (!answer.data) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  const rows = readForecast(answer.data);
  const add = object.access.create ? (
    <NewRecordLink object={object} prefill={{ period: kind, period_start: span.from }} icon={<PlusOutlined />}>
      {t("targets.add")}
    </NewRecordLink>
  ) : null;
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<FlagOutlined />}
        title={t("targets.empty")}
        text={t(object.access.create ? "targets.emptyText" : "targets.emptyReadOnly")}
        actions={add}
      />
    );
  }
  const more = (answer.data as { more?: unknown }).more === true;
  return (
    <section className="gx-analysis-card" data-stale={answer.isPlaceholderData || undefined}>
      <header>
        <h2>{t(`targets.periods.${period}`)}</h2>
        {add}
      </header>
      <p className="gx-analysis-help">{t("targets.help")}</p>
      <TargetTable rows={rows} title={t("targets.title")} />
      {more ? <p className="gx-analysis-part">{t("targets.more")}</p> : null}
    </section>
  );
}

import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Segmented } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { WorkloadItem } from "@/api/types";
import { addDays, isDay, startOfWeek } from "@/engine/calendar/days";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useShortcuts } from "@/ui/shortcuts";
import { useIsPhone } from "@/ui/use-media";
import { MoveItemDialog } from "./move-item-dialog";
import { PhoneWorkload } from "./phone-workload";
import { type Scope, ScopeChoice, scopeQuery } from "./scope-choice";
import { useWorkload } from "./use-workload";
import { WorkloadGrid } from "./workload-grid";
import type { Place } from "./workload-model";
import { WorkloadTotal } from "./workload-total";
import "./workload.css";

/** Who has how much to do on which day; what lies on a day can be given to another day or person. */
export function WorkloadPage() {
  const { t } = useTranslation();
  const { timeZone, locale } = useFormats();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/workload" });
  const [scope, setScope] = usePreference<Scope>("workload.scope", { kind: "mine" });
  const [weeks, setWeeks] = usePreference<number>("workload.weeks", 1);
  const [moving, setMoving] = useState<{ item: WorkloadItem; from: Place } | null>(null);
  const today = todayIn(timeZone);
  const first = startOfWeek(isDay(search.day) ? search.day : today);
  const days = weeks * 7;
  const { board, move } = useWorkload({ ...scopeQuery(scope), day: first, days }, timeZone);
  useEffect(() => {
    document.title = `${t("workload.title")} · ${t("common.product")}`;
  }, [t]);
  const goTo = (day: string) =>
    void navigate({ to: "/workload", search: day === startOfWeek(today) ? {} : { day }, replace: true });
  useShortcuts({
    t: () => goTo(startOfWeek(today)),
    ArrowLeft: () => goTo(addDays(first, -days)),
    ArrowRight: () => goTo(addDays(first, days)),
  });
  const range = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  const at = (day: string) => new Date(`${day}T00:00:00Z`);
  const body = () => {
    if (board.isPending) return <PageSkeleton rows={8} />;
    if (!board.data) return <ErrorState error={board.error} onRetry={() => void board.refetch()} />;
    if (board.data.people.length === 0) {
      return <EmptyState title={t("workload.nobody")} text={t("workload.nobodyText")} />;
    }
    const parts = {
      board: board.data,
      today,
      onMove: move,
      onAsk: (item: WorkloadItem, from: Place) => setMoving({ item, from }),
    };
    return (
      <>
        {board.data.truncated ? <Alert banner type="warning" title={t("workload.truncated")} /> : null}
        <WorkloadTotal people={board.data.people} />
        {phone ? <PhoneWorkload {...parts} /> : <WorkloadGrid {...parts} />}
      </>
    );
  };
  return (
    <div className="gx-workload" data-stale={board.isPlaceholderData || undefined}>
      <header className="gx-workload-head">
        <h1>{t("workload.title")}</h1>
        <div className="gx-workload-time" role="toolbar" aria-label={t("workload.time")}>
          <Button onClick={() => goTo(startOfWeek(today))}>{t("calendar.today")}</Button>
          <Button
            type="text"
            icon={<LeftOutlined />}
            aria-label={t("calendar.previous")}
            onClick={() => goTo(addDays(first, -days))}
          />
          <Button
            type="text"
            icon={<RightOutlined />}
            aria-label={t("calendar.next")}
            onClick={() => goTo(addDays(first, days))}
          />
          <h2 aria-live="polite">{range.formatRange(at(first), at(addDays(first, days - 1)))}</h2>
        </div>
        <div className="gx-workload-choices">
          <ScopeChoice scope={scope} onChange={setScope} />
          <Segmented
            value={weeks}
            onChange={(next) => setWeeks(Number(next))}
            options={[
              { value: 1, label: t("workload.oneWeek") },
              { value: 2, label: t("workload.twoWeeks") },
            ]}
            aria-label={t("workload.time")}
          />
        </div>
      </header>
      {body()}
      {moving && board.data ? (
        <MoveItemDialog
          item={moving.item}
          from={moving.from}
          people={board.data.people}
          onMove={(to) => {
            move(moving.item, moving.from, to);
            setMoving(null);
          }}
          onCancel={() => setMoving(null)}
        />
      ) : null}
    </div>
  );
}

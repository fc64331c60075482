import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Json, ObjectMeta } from "@/api/types";
import { findField } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { usePreference } from "@/engine/session";
import { RecordLink } from "@/fields/record-link";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { solidColor } from "@/ui/theme";
import { HomeCard } from "./home-card";
import { type Scope, todayFilter } from "./home-model";

const READ = 40;
const FIELDS = ["kind", "status", "account", "contact", "lead", "all_day", "owner"];

/** What stands in the calendar today, in order; what is over is paler. */
export function TodayCard({ activity, scope }: { activity: ObjectMeta; scope: Scope }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { scheme } = useAppearance();
  const calendar = activity.views.calendar;
  // The calendar opens on those whose day is shown here.
  const [, setWhose] = usePreference<Json>(`calendar.${activity.name}.who`, "mine");
  const start = calendar?.start ?? "start_at";
  const fields = [start, calendar?.end, calendar?.title, activity.title_field, ...FIELDS]
    .filter((name) => name && findField(activity, name))
    .join(",");
  const list = useRecordList(activity.name, {
    filter: todayFilter(activity, start, scope),
    sort: start,
    fields,
    limit: READ,
  });
  const items = list.data?.pages[0]?.items ?? [];
  const kind = findField(activity, "kind");
  const closed = new Set(
    (findField(activity, "status")?.options ?? []).filter((option) => option.closed).map((option) => option.value),
  );
  return (
    <HomeCard
      title={t("home.today.title")}
      count={list.isSuccess ? `${items.length}${list.hasNextPage ? "+" : ""}` : undefined}
      loading={list.isPending}
      error={list.data ? null : list.error}
      onRetry={() => void list.refetch()}
      link={
        <Link
          to="/o/$object/calendar"
          params={{ object: activity.name }}
          onClick={() => setWhose(scope === "team" ? "all" : "mine")}
        >
          {t("home.today.calendar")}
        </Link>
      }
      empty={items.length === 0 ? t("home.today.none") : null}
    >
      <ul className="gx-today">
        {items.map((item) => {
          const option = kind?.options?.find((candidate) => candidate.value === item.kind);
          const about = asReference(item.account)?.label ?? asReference(item.lead)?.label;
          const over = closed.has(asText(item.status));
          return (
            <li key={item.id} data-over={over || undefined}>
              <time dateTime={asText(item[start])} className="gx-numeric">
                {item.all_day === true ? t("calendar.allDay") : formats.time(asText(item[start]))}
              </time>
              <span className="gx-today-bar" style={{ background: solidColor(option?.color, scheme) }} />
              <div>
                <RecordLink object={activity.name} id={item.id}>
                  {asText(item[activity.title_field])}
                </RecordLink>
                <span className="gx-task-about">
                  {option ? <span>{label(option.label)}</span> : null}
                  {about ? <span>{about}</span> : null}
                  {scope === "team" ? <span>{asReference(item.owner)?.label}</span> : null}
                </span>
              </div>
            </li>
          );
        })}
      </ul>
    </HomeCard>
  );
}

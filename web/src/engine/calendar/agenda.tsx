import { CalendarOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { RecordLink } from "@/fields/record-link";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import type { CalendarContext } from "./calendar-context";
import { DayMark } from "./day-mark";
import { clockText, type Day } from "./days";
import type { CalendarEvent } from "./events";

interface AgendaProps {
  context: CalendarContext;
  days: Day[];
  events: CalendarEvent[];
  showOwner: boolean;
}

/** Day by day, one line each: the calendar for one hand. */
export function Agenda({ context, days, events, showOwner }: AgendaProps) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const name = new Intl.DateTimeFormat(locale, { month: "long", day: "numeric", weekday: "long", timeZone: "UTC" });
  const filled = days
    .map((day) => ({
      day,
      found: events
        .filter((event) => event.start <= day && event.end >= day)
        .sort((a, b) => Number(b.allDay) - Number(a.allDay) || a.startMinute - b.startMinute),
    }))
    .filter(({ found }) => found.length > 0);
  if (filled.length === 0) {
    return <EmptyState icon={<CalendarOutlined />} title={t("calendar.emptyTitle")} text={t("calendar.emptyText")} />;
  }
  return (
    <div className="gx-agenda">
      {filled.map(({ day, found }) => (
        <section key={day}>
          <h2 data-today={day === context.today || undefined}>
            {name.format(new Date(`${day}T00:00:00Z`))}
            <DayMark holiday={context.holidays.get(day)} />
            {day === context.today ? <span>{t("calendar.today")}</span> : null}
          </h2>
          <ul>
            {found.map((event) => (
              <li key={event.id}>
                <AgendaLine context={context} event={event}>
                  <span className="gx-agenda-time gx-numeric">
                    {event.allDay || event.start < day ? t("calendar.allDay") : clockText(event.startMinute)}
                    {event.allDay || event.start !== event.end ? null : <small>{clockText(event.endMinute)}</small>}
                  </span>
                  <span className="gx-agenda-bar" style={{ background: context.barColorOf(event) }} />
                  <span className="gx-agenda-title">{context.titleOf(event)}</span>
                  {showOwner ? <span className="gx-muted">{asReference(event.record.owner)?.label}</span> : null}
                </AgendaLine>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Leads to the record, where there is one to see. */
function AgendaLine({
  context,
  event,
  children,
}: {
  context: CalendarContext;
  event: CalendarEvent;
  children: ReactNode;
}) {
  if (event.covered) return <div className="gx-agenda-line gx-agenda-covered">{children}</div>;
  return (
    <RecordLink object={context.object.name} id={event.id} className="gx-agenda-line">
      {children}
    </RecordLink>
  );
}

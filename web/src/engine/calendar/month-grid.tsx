import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import { type CalendarContext, isDropPlace, isOff } from "./calendar-context";
import { DayMark } from "./day-mark";
import type { Day } from "./days";
import { EventChip } from "./event-chip";
import type { CalendarEvent } from "./events";
import { hiddenOn, layoutBars } from "./layout";

const ROW_HEIGHT = 22;
const HEAD_HEIGHT = 28;

interface MonthGridProps {
  context: CalendarContext;
  weeks: Day[][];
  /** The month that is meant; days of its neighbours are paler. */
  month: string;
  events: CalendarEvent[];
}

export function MonthGrid({ context, weeks, month, events }: MonthGridProps) {
  const { locale } = useFormats();
  const body = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState(3);
  const count = weeks.length;
  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    const measure = () =>
      setRows(Math.max(1, Math.floor((element.clientHeight / count - HEAD_HEIGHT - 4) / ROW_HEIGHT) - 1));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [count]);
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  return (
    <div className="gx-month">
      <div className="gx-month-names" aria-hidden>
        {weeks[0]?.map((day) => (
          <span key={day}>{weekday.format(new Date(`${day}T00:00:00Z`))}</span>
        ))}
      </div>
      <div className="gx-month-body" ref={body}>
        {weeks.map((days) => (
          <MonthWeek key={days[0]} context={context} days={days} month={month} events={events} rows={rows} />
        ))}
      </div>
    </div>
  );
}

interface MonthWeekProps {
  context: CalendarContext;
  days: Day[];
  month: string;
  events: CalendarEvent[];
  rows: number;
}

function MonthWeek({ context, days, month, events, rows }: MonthWeekProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const bars = layoutBars(events, days);
  const most = bars.reduce((sum, bar) => Math.max(sum, bar.row + 1), 0);
  // The line "n more" takes a row of its own, unless everything fits anyway.
  const shown = most <= rows + 1 ? most : rows;
  return (
    <div className="gx-month-week">
      {days.map((day, index) => {
        const hidden = hiddenOn(bars, index, shown);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard creates with "c" and the day's own button
          // biome-ignore lint/a11y/noStaticElementInteractions: a convenience for the mouse
          <div
            key={day}
            className="gx-month-day"
            data-day={day}
            data-drop={isDropPlace(context, day, false) || undefined}
            data-off={isOff(context, day) || undefined}
            data-other={day.slice(0, 7) !== month || undefined}
            onClick={() => context.create?.(day, null)}
          >
            <button
              type="button"
              className="gx-month-number gx-numeric"
              data-today={day === context.today || undefined}
              onClick={(event) => {
                event.stopPropagation();
                context.showDay(day);
              }}
              aria-label={formats.date(day)}
            >
              {Number(day.slice(8))}
            </button>
            <DayMark holiday={context.holidays.get(day)} />
            {hidden > 0 ? (
              <button
                type="button"
                className="gx-month-more"
                style={{ top: HEAD_HEIGHT + shown * ROW_HEIGHT }}
                onClick={(event) => {
                  event.stopPropagation();
                  context.showDay(day);
                }}
              >
                {t("calendar.more", { n: hidden })}
              </button>
            ) : null}
          </div>
        );
      })}
      {bars
        .filter((bar) => bar.row < shown)
        .map((bar) => (
          <EventChip
            key={bar.event.id}
            context={context}
            event={bar.event}
            form="line"
            continued={bar.continued}
            continues={bar.continues}
            style={{
              top: HEAD_HEIGHT + bar.row * ROW_HEIGHT,
              left: `calc(${(bar.first * 100) / 7}% + 3px)`,
              width: `calc(${((bar.last - bar.first + 1) * 100) / 7}% - 7px)`,
            }}
          />
        ))}
    </div>
  );
}

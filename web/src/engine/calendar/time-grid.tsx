import { type CSSProperties, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import { type CalendarContext, isDropPlace, isOff } from "./calendar-context";
import { DayMark } from "./day-mark";
import { clockText, DAY_MINUTES, type Day, wallOf } from "./days";
import { EventChip } from "./event-chip";
import type { CalendarEvent } from "./events";
import { isLong, layoutBars, layoutDay } from "./layout";

const HOUR_HEIGHT = 46;
const FIRST_HOUR = 7.5;
const LINE_HEIGHT = 22;
const HALF_HOUR = 30;
/** A line of text in a box. */
const TEXT_LINE = 18;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** The minute it is now on the wall of the zone, following the clock. */
function useNowMinute(timeZone: string): number {
  const [minute, setMinute] = useState(() => wallOf(new Date().toISOString(), timeZone).minute);
  useEffect(() => {
    const timer = setInterval(() => setMinute(wallOf(new Date().toISOString(), timeZone).minute), 30_000);
    return () => clearInterval(timer);
  }, [timeZone]);
  return minute;
}

/** Where a box stands, and how many whole lines its title may have below the time. */
function boxStyle(from: number, to: number): CSSProperties {
  const height = Math.max(18, ((to - from) / 60) * HOUR_HEIGHT - 2);
  const lines = Math.max(1, Math.floor((height - TEXT_LINE) / TEXT_LINE));
  return { top: (from / 60) * HOUR_HEIGHT, height, "--gx-lines": lines } as CSSProperties;
}

interface TimeGridProps {
  context: CalendarContext;
  days: Day[];
  events: CalendarEvent[];
}

/** A week or a day by hours, long events above. */
export function TimeGrid({ context, days, events }: TimeGridProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const scroller = useRef<HTMLDivElement>(null);
  const nowMinute = useNowMinute(context.timeZone);
  useLayoutEffect(() => {
    scroller.current?.scrollTo({ top: FIRST_HOUR * HOUR_HEIGHT });
  }, []);
  const bars = layoutBars(events.filter(isLong), days);
  const short = events.filter((event) => !isLong(event));
  const rows = bars.reduce((most, bar) => Math.max(most, bar.row + 1), 0);
  const weekday = new Intl.DateTimeFormat(formats.locale, { weekday: "short", timeZone: "UTC" });
  const columns = { gridTemplateColumns: `var(--gx-hours) repeat(${days.length}, minmax(0, 1fr))` };
  return (
    <div className="gx-time">
      <div className="gx-time-scroll" ref={scroller}>
        <div className="gx-time-head" style={columns}>
          <span />
          {days.map((day) => (
            <button
              key={day}
              type="button"
              className="gx-time-day-name"
              data-today={day === context.today || undefined}
              onClick={() => context.showDay(day)}
            >
              {weekday.format(new Date(`${day}T00:00:00Z`))}
              <b className="gx-numeric">{Number(day.slice(8))}</b>
              <DayMark holiday={context.holidays.get(day)} />
            </button>
          ))}
          <span className="gx-time-label">{t("calendar.allDay")}</span>
          <div
            className="gx-time-all-day"
            style={{ gridColumn: `2 / span ${days.length}`, height: Math.max(1, rows) * LINE_HEIGHT + 8 }}
          >
            {days.map((day) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard creates with "c"
              // biome-ignore lint/a11y/noStaticElementInteractions: a convenience for the mouse
              <div
                key={day}
                className="gx-time-all-day-cell"
                data-day={day}
                data-drop={isDropPlace(context, day, false) || undefined}
                onClick={() => context.create?.(day, null)}
              />
            ))}
            {bars.map((bar) => (
              <EventChip
                key={bar.event.id}
                context={context}
                event={bar.event}
                form="line"
                continued={bar.continued}
                continues={bar.continues}
                style={{
                  top: 4 + bar.row * LINE_HEIGHT,
                  left: `calc(${(bar.first * 100) / days.length}% + 2px)`,
                  width: `calc(${((bar.last - bar.first + 1) * 100) / days.length}% - 6px)`,
                }}
              />
            ))}
          </div>
        </div>
        <div className="gx-time-body" style={{ ...columns, height: 24 * HOUR_HEIGHT }}>
          <div className="gx-time-hours" aria-hidden>
            {HOURS.slice(1).map((hour) => (
              <span key={hour} className="gx-numeric" style={{ top: hour * HOUR_HEIGHT }}>
                {clockText(hour * 60)}
              </span>
            ))}
          </div>
          {days.map((day) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard creates with "c"
            // biome-ignore lint/a11y/noStaticElementInteractions: a convenience for the mouse
            <div
              key={day}
              className="gx-time-day"
              data-day={day}
              data-hours=""
              data-drop={isDropPlace(context, day, true) || undefined}
              data-today={day === context.today || undefined}
              data-off={isOff(context, day) || undefined}
              onClick={(click) => {
                const box = click.currentTarget.getBoundingClientRect();
                const minute = ((click.clientY - box.top) / box.height) * DAY_MINUTES;
                context.create?.(day, Math.floor(minute / HALF_HOUR) * HALF_HOUR);
              }}
            >
              {layoutDay(short, day).map((segment) => (
                <EventChip
                  key={segment.event.id}
                  context={context}
                  event={segment.event}
                  form="box"
                  continued={segment.continued}
                  continues={segment.continues}
                  minutes={segment.to - segment.from}
                  style={{
                    ...boxStyle(segment.from, segment.to),
                    left: `calc(${(segment.lane * 100) / segment.lanes}% + 1px)`,
                    width: `calc(${100 / segment.lanes}% - 4px)`,
                  }}
                />
              ))}
              {day === context.today ? (
                <div className="gx-time-now" style={{ top: (nowMinute / 60) * HOUR_HEIGHT }} aria-hidden />
              ) : null}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

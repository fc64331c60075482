import { useRouter } from "@tanstack/react-router";
import type { CSSProperties, KeyboardEvent, MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { pagePath } from "@/api/place";
import type { CalendarContext } from "./calendar-context";
import { clockText } from "./days";
import type { CalendarEvent } from "./events";

interface EventChipProps {
  context: CalendarContext;
  event: CalendarEvent;
  /** One line in a month or above the hours; a box among the hours. */
  form: "line" | "box";
  style?: CSSProperties;
  continued?: boolean;
  continues?: boolean;
  /** Minutes high, for boxes: short ones have no room for a second line. */
  minutes?: number;
}

/** What is shorter has room for one line only: time and title side by side. */
const TWO_LINES_MINUTES = 54;

/** An event as a link: click opens it, drag moves it, Alt and arrows move it by keyboard. */
export function EventChip({ context, event, form, style, continued, continues, minutes = 60 }: EventChipProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const { object, drag, titleOf, colorsOf, moveBy, shape } = context;
  const title = titleOf(event);
  if (event.covered) {
    return (
      <div
        className={
          form === "line" ? "gx-event gx-event-line gx-event-covered" : "gx-event gx-event-box gx-event-covered"
        }
        style={style}
        title={title}
        data-kind={event.covered.kind}
      >
        <span className="gx-event-title">{title}</span>
      </div>
    );
  }
  const time = event.allDay ? "" : clockText(event.startMinute);
  const span = event.allDay ? t("calendar.allDay") : `${time}–${clockText(event.endMinute)}`;
  const open = (click: MouseEvent) => {
    click.stopPropagation();
    if (click.metaKey || click.ctrlKey || click.shiftKey || click.button !== 0) return;
    click.preventDefault();
    void router.navigate({ to: "/r/$object/$id", params: { object: object.name, id: event.id } });
  };
  const onKeyDown = (key: KeyboardEvent) => {
    if (!key.altKey) return;
    const days = { ArrowLeft: -1, ArrowRight: 1 }[key.key] ?? 0;
    const steps = { ArrowUp: -1, ArrowDown: 1 }[key.key] ?? 0;
    if (days === 0 && steps === 0) return;
    key.preventDefault();
    key.stopPropagation();
    moveBy(event, event.allDay ? { days: days + 7 * steps, minutes: 0 } : { days, minutes: 15 * steps });
  };
  const canResize = drag !== null && shape.calendar.end !== null && !continues;
  const isPreview = drag?.preview === event;
  return (
    <a
      href={pagePath(`/r/${object.name}/${event.id}`)}
      className={form === "line" ? "gx-event gx-event-line" : "gx-event gx-event-box"}
      style={{ ...colorsOf(event), ...style }}
      data-preview={isPreview || undefined}
      data-continued={continued || undefined}
      data-continues={continues || undefined}
      data-short={(form === "box" && minutes < TWO_LINES_MINUTES) || undefined}
      title={`${span} ${title}`}
      aria-label={`${title}, ${span}`}
      onClick={open}
      onPointerDown={drag?.start(event, "move")}
      onKeyDown={onKeyDown}
      draggable={false}
    >
      {time && !continued ? <span className="gx-event-time">{time}</span> : null}
      <span className="gx-event-title">{title}</span>
      {canResize ? (
        <span
          className={form === "line" ? "gx-event-pull gx-event-pull-x" : "gx-event-pull gx-event-pull-y"}
          aria-hidden
          onPointerDown={drag.start(event, "resize")}
        />
      ) : null}
    </a>
  );
}

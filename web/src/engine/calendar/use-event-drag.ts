import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from "react";
import type { FieldValues } from "@/api/types";
import { withValues } from "../records";
import { DAY_MINUTES, type Day, daysBetween } from "./days";
import { type CalendarEvent, type CalendarShape, movedValues, readEvent, resizedValues } from "./events";

const START_PIXELS = 5;
const SNAP_MINUTES = 15;

interface Place {
  day: Day;
  /** Null where the place has days and no hours. */
  minute: number | null;
}

/** The day, and in a column of hours the minute, under a point of the screen. */
function placeAt(x: number, y: number): Place | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const column = element.closest<HTMLElement>("[data-day]");
    if (!column?.dataset.day) continue;
    if (column.dataset.hours === undefined) return { day: column.dataset.day, minute: null };
    const box = column.getBoundingClientRect();
    return { day: column.dataset.day, minute: Math.round(((y - box.top) / box.height) * DAY_MINUTES) };
  }
  return null;
}

const snap = (minutes: number) => Math.round(minutes / SNAP_MINUTES) * SNAP_MINUTES;

interface Drag {
  event: CalendarEvent;
  kind: "move" | "resize";
  from: Place;
  x: number;
  y: number;
  values: FieldValues | null;
  started: boolean;
}

interface DragOptions {
  shape: CalendarShape;
  timeZone: string;
  enabled: boolean;
  onDrop: (event: CalendarEvent, values: FieldValues) => void;
}

/** Moves or resizes an event with the mouse or a pen; a finger scrolls instead. `preview` is the event as it would be. */
export function useEventDrag({ shape, timeZone, enabled, onDrop }: DragOptions) {
  const [preview, setPreview] = useState<CalendarEvent | null>(null);
  const drag = useRef<Drag | null>(null);
  const latest = useRef({ shape, timeZone, onDrop });
  useEffect(() => {
    latest.current = { shape, timeZone, onDrop };
  });

  useEffect(() => {
    const valuesAt = (current: Drag, place: Place): FieldValues => {
      const { shape, timeZone } = latest.current;
      if (current.kind === "resize") {
        return resizedValues(
          current.event,
          shape,
          { day: place.day, minute: place.minute === null ? DAY_MINUTES : snap(place.minute) },
          timeZone,
        );
      }
      const minutes =
        place.minute === null || current.from.minute === null ? 0 : snap(place.minute - current.from.minute);
      return movedValues(current.event, shape, { days: daysBetween(current.from.day, place.day), minutes }, timeZone);
    };
    const onMove = (pointer: PointerEvent) => {
      const current = drag.current;
      if (!current) return;
      const far = Math.hypot(pointer.clientX - current.x, pointer.clientY - current.y) >= START_PIXELS;
      if (!current.started && !far) return;
      current.started = true;
      const place = placeAt(pointer.clientX, pointer.clientY);
      if (!place) return;
      current.values = valuesAt(current, place);
      const { shape, timeZone } = latest.current;
      setPreview(readEvent(withValues(current.event.record, current.values), shape, timeZone));
    };
    const finish = (drop: boolean, held = false) => {
      const current = drag.current;
      drag.current = null;
      setPreview(null);
      if (!current?.started) return;
      // The click that ends a drag must not open the record.
      const swallow = (click: MouseEvent) => {
        click.stopPropagation();
        click.preventDefault();
      };
      window.addEventListener("click", swallow, { capture: true, once: true });
      const stop = () => setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
      // Given up while the button is still down: its click comes when it is let go, and must make nothing new.
      if (held) window.addEventListener("pointerup", stop, { once: true });
      else stop();
      const { values, event } = current;
      if (!drop || !values) return;
      const changed = Object.entries(values).some(([name, value]) => value !== event.record[name]);
      if (changed) latest.current.onDrop(event, values);
    };
    const onUp = () => finish(true);
    const onCancel = () => finish(false);
    const onKey = (key: KeyboardEvent) => {
      if (key.key === "Escape" && drag.current?.started) finish(false, true);
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", onCancel);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", onCancel);
      window.removeEventListener("keydown", onKey);
    };
  }, []);

  const start = (event: CalendarEvent, kind: "move" | "resize") => (pointer: ReactPointerEvent) => {
    if (!enabled || pointer.button !== 0 || pointer.pointerType === "touch") return;
    const from = placeAt(pointer.clientX, pointer.clientY);
    if (!from) return;
    pointer.stopPropagation();
    // Without this the browser drags the link.
    pointer.preventDefault();
    drag.current = { event, kind, from, x: pointer.clientX, y: pointer.clientY, values: null, started: false };
  };
  return { preview, start };
}

export type EventDrag = ReturnType<typeof useEventDrag>;

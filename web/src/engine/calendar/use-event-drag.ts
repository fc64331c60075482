import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from "react";
import type { FieldValues } from "@/api/types";
import { withValues } from "../records";
import { DAY_MINUTES, type Day, daysBetween } from "./days";
import { type CalendarEvent, type CalendarShape, movedValues, readEvent, resizedValues } from "./events";
import { holdTouch, type TouchHold } from "./touch-hold";

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

/** Where an event would be dropped: on a day, or among the hours of it. */
export interface DropPlace {
  day: Day;
  hours: boolean;
}

const sameDrop = (one: DropPlace | null, other: DropPlace) => one?.day === other.day && one.hours === other.hours;

/** A touch is prevented from scrolling only where a listener was there, as one that may, before it began. */
function useBlockingTouch(enabled: boolean) {
  useEffect(() => {
    if (!enabled) return;
    const nothing = () => {};
    window.addEventListener("touchmove", nothing, { passive: false });
    return () => window.removeEventListener("touchmove", nothing);
  }, [enabled]);
}

/**
 * Moves or resizes an event with the mouse or a pen. A finger scrolls, unless it rested on an event first: then it
 * carries it. `preview` is the event as it would be, `over` where it would be dropped.
 */
export function useEventDrag({ shape, timeZone, enabled, onDrop }: DragOptions) {
  const [preview, setPreview] = useState<CalendarEvent | null>(null);
  const [over, setOver] = useState<DropPlace | null>(null);
  const drag = useRef<Drag | null>(null);
  const touch = useRef<TouchHold | null>(null);
  const follow = useRef<(pointer: PointerEvent) => void>(() => {});
  useBlockingTouch(enabled);
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
      // Before a finger holds something there is no drag; another finger does not take part in it.
      if (touch.current && (pointer.pointerId !== touch.current.pointerId || !touch.current.move(pointer))) return;
      const current = drag.current;
      if (!current) return;
      const far = Math.hypot(pointer.clientX - current.x, pointer.clientY - current.y) >= START_PIXELS;
      if (!current.started && !far) return;
      current.started = true;
      const place = placeAt(pointer.clientX, pointer.clientY);
      if (!place) return;
      current.values = valuesAt(current, place);
      const drop = { day: place.day, hours: place.minute !== null };
      setOver((now) => (sameDrop(now, drop) ? now : drop));
      const { shape, timeZone } = latest.current;
      setPreview(readEvent(withValues(current.event.record, current.values), shape, timeZone));
    };
    const finish = (drop: boolean, held = false) => {
      const current = drag.current;
      drag.current = null;
      touch.current?.end();
      touch.current = null;
      setPreview(null);
      setOver(null);
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
    follow.current = onMove;
    const isOther = (pointer: PointerEvent) => touch.current !== null && pointer.pointerId !== touch.current.pointerId;
    const onUp = (pointer: PointerEvent) => {
      if (!isOther(pointer)) finish(true);
    };
    const onCancel = (pointer: PointerEvent) => {
      if (!isOther(pointer)) finish(false);
    };
    const onKey = (key: KeyboardEvent) => {
      if (key.key === "Escape" && drag.current?.started) finish(false, true);
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", onCancel);
    window.addEventListener("keydown", onKey);
    return () => {
      touch.current?.end();
      touch.current = null;
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", onCancel);
      window.removeEventListener("keydown", onKey);
    };
  }, []);

  const startTouch = (carried: Drag, pointer: ReactPointerEvent) => {
    // Its edges are too narrow for a finger, which moves the whole event; a second finger means something else.
    if (!pointer.isPrimary) return;
    touch.current?.end();
    touch.current = holdTouch(
      pointer.nativeEvent,
      () => {
        drag.current = { ...carried, started: true };
        setPreview(carried.event);
        setOver({ day: carried.from.day, hours: carried.from.minute !== null });
      },
      (last) => follow.current(last),
    );
  };
  const start = (event: CalendarEvent, kind: "move" | "resize") => (pointer: ReactPointerEvent) => {
    const byTouch = pointer.pointerType === "touch";
    if (!enabled || pointer.button !== 0 || (byTouch && kind === "resize")) return;
    const from = placeAt(pointer.clientX, pointer.clientY);
    if (!from) return;
    const begun: Drag = { event, kind, from, x: pointer.clientX, y: pointer.clientY, values: null, started: false };
    if (byTouch) {
      startTouch(begun, pointer);
      return;
    }
    pointer.stopPropagation();
    // Without this the browser drags the link.
    pointer.preventDefault();
    drag.current = begun;
  };
  return { preview, over, start };
}

export type EventDrag = ReturnType<typeof useEventDrag>;

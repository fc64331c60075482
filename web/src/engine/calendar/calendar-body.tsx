import { Alert } from "antd";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValue, FieldValues, ObjectMeta } from "@/api/types";
import { fieldKind } from "@/fields/registry";
import { asReference, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useAppearance } from "@/ui/appearance";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { solidColor, tagColors } from "@/ui/theme";
import { ConflictDialog } from "../conflict-dialog";
import { useRecordForms } from "../form/create-record";
import { readPath, resolvePath, useMeta } from "../meta";
import { usePreference } from "../session";
import { Agenda } from "./agenda";
import type { CalendarContext } from "./calendar-context";
import type { Day } from "./days";
import { type CalendarEvent, type CalendarShape, movedValues, newValues } from "./events";
import { useHolidays } from "./holidays";
import { Legend } from "./legend";
import { MonthGrid } from "./month-grid";
import { TimeGrid } from "./time-grid";
import { useCalendarEvents } from "./use-calendar-events";
import type { Colleague, Period } from "./use-calendar-view";
import { useEventDrag } from "./use-event-drag";
import { useReschedule } from "./use-reschedule";

interface BodyProps {
  object: ObjectMeta;
  shape: CalendarShape;
  period: Period;
  /** Which records: all of these hold. */
  conditions: string[];
  /** Times that are taken by what the viewer may not see. */
  covered: CalendarEvent[];
  /** Those whose calendars lie beside one's own: their names stand at what is theirs. */
  colleagues?: Colleague[];
  showOwner: boolean;
  /** What a record made here starts with, beside its time. */
  begin?: FieldValues;
  /** Stands before the meaning of the colours. */
  notes?: ReactNode;
}

/** What a record made in this calendar starts with; opens its form. */
export function useBeginEvent(object: ObjectMeta, shape: CalendarShape, begin: FieldValues = {}) {
  const { timeZone } = useFormats();
  const forms = useRecordForms();
  return (day: Day, minute: number | null) =>
    forms.create(object.name, { ...newValues(shape, day, minute, timeZone), ...begin }, () => {});
}

/** The records of some days, drawn by month, hours or one below the other; moved where they stand. */
export function CalendarBody(props: BodyProps) {
  const { object, shape, period, conditions, covered, colleagues = [], showOwner, begin, notes } = props;
  const { t } = useTranslation();
  const meta = useMeta();
  const formats = useFormats();
  const { scheme } = useAppearance();
  const { timeZone } = formats;
  const found = useCalendarEvents(object, shape, period.days, conditions, timeZone);
  const [hidden, setHidden] = usePreference<string[]>(`calendar.${object.name}.hidden`, []);
  const { reschedule, conflict, settle } = useReschedule(object);
  const holidays = useHolidays(period.days);
  const create = useBeginEvent(object, shape, begin);
  const drag = useEventDrag({
    shape,
    timeZone,
    enabled: object.access.update,
    onDrop: (event, values) => reschedule(event.record, values),
  });
  const present = useMemo(() => new Set(found.events.map((event) => event.colorKey ?? "")), [found.events]);
  const events = useMemo(() => {
    const shown = found.events.filter((event) => event.colorKey === null || !hidden.includes(event.colorKey));
    const { preview } = drag;
    const all = [...covered, ...shown];
    return preview ? [...all.filter((event) => event.id !== preview.id), preview] : all;
  }, [found.events, covered, hidden, drag]);
  const title = resolvePath(meta, object, shape.calendar.title);
  const colorOf = (event: CalendarEvent) =>
    shape.colorField?.options?.find((candidate) => candidate.value === event.colorKey)?.color ?? "teal";
  const context: CalendarContext = {
    object,
    shape,
    timeZone,
    today: period.today,
    drag: object.access.update ? drag : null,
    holidays,
    titleOf: (event) => {
      if (event.covered) return `${event.covered.who} · ${t(`calendar.covered.${event.covered.kind}`)}`;
      const value = readPath(event.record, shape.calendar.title) as FieldValue | undefined;
      if (!title || isEmptyValue(value)) return t("board.untitled");
      const text = fieldKind(title.field).toText(value, title.field, formats);
      const owner = colleagues.length > 0 ? asReference(event.record.owner) : null;
      return owner && colleagues.some((one) => one.id === owner.id) ? `${owner.label} · ${text}` : text;
    },
    colorsOf: (event) => tagColors(colorOf(event), scheme),
    barColorOf: (event) => solidColor(colorOf(event), scheme),
    moveBy: (event: CalendarEvent, by) => {
      if (object.access.update) reschedule(event.record, movedValues(event, shape, by, timeZone));
    },
    create: object.access.create ? create : null,
    showDay: (day) => period.setMode("day", day),
  };

  const body = () => {
    if (found.isPending) return <PageSkeleton rows={10} />;
    if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
    if (period.mode === "agenda")
      return <Agenda context={context} days={period.days} events={events} showOwner={showOwner} />;
    if (period.mode === "month") {
      const weeks = Array.from({ length: period.days.length / 7 }, (_, index) =>
        period.days.slice(index * 7, index * 7 + 7),
      );
      return <MonthGrid context={context} weeks={weeks} month={period.day.slice(0, 7)} events={events} />;
    }
    return <TimeGrid key={period.mode} context={context} days={period.days} events={events} />;
  };
  return (
    <div className="gx-calendar-part" data-calm data-stale={found.isStale || undefined}>
      {found.truncated ? <Alert banner type="warning" title={t("calendar.truncated")} /> : null}
      <div className="gx-calendar-notes">
        {notes}
        {shape.colorField ? (
          <Legend field={shape.colorField} present={present} hidden={hidden} onChange={setHidden} />
        ) : null}
      </div>
      {body()}
      {conflict ? (
        <ConflictDialog
          error={conflict.error}
          fields={[shape.startField, ...(shape.endField ? [shape.endField] : [])]}
          mine={conflict.values}
          onKeepMine={() => settle(true)}
          onKeepTheirs={() => settle(false)}
          onCancel={() => settle(false)}
        />
      ) : null}
    </div>
  );
}

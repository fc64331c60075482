import { ImportOutlined } from "@ant-design/icons";
import { Alert, Button, Tag } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValue, ObjectMeta } from "@/api/types";
import { fieldKind } from "@/fields/registry";
import { asReference, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useAppearance } from "@/ui/appearance";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useShortcuts } from "@/ui/shortcuts";
import { solidColor, tagColors } from "@/ui/theme";
import { useIsPhone } from "@/ui/use-media";
import { ConflictDialog } from "../conflict-dialog";
import { useRecordForms } from "../form/create-record";
import { readPath, resolvePath, useMeta } from "../meta";
import { ObjectHeader } from "../object-header";
import { usePreference } from "../session";
import { Agenda } from "./agenda";
import { useBusy } from "./busy";
import type { CalendarContext } from "./calendar-context";
import { CalendarToolbar } from "./calendar-toolbar";
import { ColleagueBar } from "./colleague-bar";
import type { Day } from "./days";
import { type CalendarEvent, type CalendarShape, movedValues, newValues } from "./events";
import { useHolidays } from "./holidays";
import { ImportDialog } from "./import-dialog";
import { Legend } from "./legend";
import { MonthGrid } from "./month-grid";
import { TimeGrid } from "./time-grid";
import { useCalendarEvents } from "./use-calendar-events";
import { step, useCalendarView } from "./use-calendar-view";
import { useEventDrag } from "./use-event-drag";
import { useReschedule } from "./use-reschedule";

export function CalendarScreen({ object, shape }: { object: ObjectMeta; shape: CalendarShape }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const formats = useFormats();
  const { scheme } = useAppearance();
  const phone = useIsPhone();
  const forms = useRecordForms();
  const { timeZone } = formats;
  const view = useCalendarView(object, timeZone, phone);
  const found = useCalendarEvents(object, shape, view.days, [view.whose, view.filter], timeZone);
  const [hidden, setHidden] = usePreference<string[]>(`calendar.${object.name}.hidden`, []);
  const { reschedule, conflict, settle } = useReschedule(object);
  const [importing, setImporting] = useState(false);
  const holidays = useHolidays(view.days);
  const covered = useBusy(
    view.colleagues.map((one) => one.id),
    view.days,
    timeZone,
  );
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

  const create = (day: Day, minute: number | null) =>
    forms.create(object.name, newValues(shape, day, minute, timeZone), () => {});
  const title = resolvePath(meta, object, shape.calendar.title);
  const colorOf = (event: CalendarEvent) =>
    shape.colorField?.options?.find((candidate) => candidate.value === event.colorKey)?.color ?? "teal";
  const context: CalendarContext = {
    object,
    shape,
    timeZone,
    today: view.today,
    drag: object.access.update && !phone ? drag : null,
    holidays,
    titleOf: (event) => {
      if (event.covered) return `${event.covered.who} · ${t(`calendar.covered.${event.covered.kind}`)}`;
      const value = readPath(event.record, shape.calendar.title) as FieldValue | undefined;
      if (!title || isEmptyValue(value)) return t("board.untitled");
      const text = fieldKind(title.field).toText(value, title.field, formats);
      const owner = view.colleagues.length > 0 ? asReference(event.record.owner) : null;
      return owner && view.colleagues.some((one) => one.id === owner.id) ? `${owner.label} · ${text}` : text;
    },
    colorsOf: (event) => tagColors(colorOf(event), scheme),
    barColorOf: (event) => solidColor(colorOf(event), scheme),
    moveBy: (event: CalendarEvent, by) => {
      if (object.access.update) reschedule(event.record, movedValues(event, shape, by, timeZone));
    },
    create: object.access.create ? create : null,
    showDay: (day) => view.setMode("day", day),
  };
  const turn = (by: 1 | -1) => () => view.goTo(step(view.mode, view.day, by));
  const arrows = { ArrowLeft: turn(-1), ArrowRight: turn(1) };
  useShortcuts({
    t: () => view.goTo(view.today),
    ...arrows,
    m: () => view.setMode("month"),
    w: () => view.setMode("week"),
    d: () => view.setMode("day"),
    a: () => view.setMode("agenda"),
    c: () => object.access.create && create(view.day, null),
  });

  const body = () => {
    if (found.isPending) return <PageSkeleton rows={10} />;
    if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
    if (view.mode === "agenda")
      return <Agenda context={context} days={view.days} events={events} showOwner={view.who !== "mine"} />;
    if (view.mode === "month") {
      const weeks = Array.from({ length: view.days.length / 7 }, (_, index) =>
        view.days.slice(index * 7, index * 7 + 7),
      );
      return <MonthGrid context={context} weeks={weeks} month={view.day.slice(0, 7)} events={events} />;
    }
    return <TimeGrid key={view.mode} context={context} days={view.days} events={events} />;
  };
  return (
    <div className="gx-calendar" data-stale={found.isStale || undefined}>
      <ObjectHeader
        object={object}
        actions={
          shape.calendar.people && object.access.create ? (
            <Button
              icon={<ImportOutlined />}
              aria-label={t("planning.importTitle")}
              title={t("planning.importTitle")}
              onClick={() => setImporting(true)}
            />
          ) : null
        }
      />
      <CalendarToolbar object={object} view={view} />
      {view.hasPeople ? <ColleagueBar view={view} /> : null}
      {found.truncated ? <Alert banner type="warning" title={t("calendar.truncated")} /> : null}
      <div className="gx-calendar-notes">
        {view.filter ? (
          <Tag closable onClose={view.clearFilter}>
            {t("calendar.filtered")}
          </Tag>
        ) : null}
        {shape.colorField ? (
          <Legend field={shape.colorField} present={present} hidden={hidden} onChange={setHidden} />
        ) : null}
      </div>
      {body()}
      {importing ? <ImportDialog object={object.name} onClose={() => setImporting(false)} /> : null}
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

import { Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CalendarDefinition, StoredObject } from "@/api/schema";
import type { FieldMeta } from "@/api/types";
import { findObject, isSystemField, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ChangeDrawer } from "./change-drawer";
import { withViews } from "./object-draft";

const isTime = (field: FieldMeta) => field.type === "date" || field.type === "datetime";
/** When a record was made is a time too, but hardly what a calendar is for. */
const isOwnTime = (field: FieldMeta) => isTime(field) && !isSystemField(field.name);

/** The calendar: when an entry begins and ends, what it is called, and what colours it. */
export function CalendarDrawer({ object, onClose }: { object: StoredObject; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const fields = findObject(useMeta(), object.name)?.fields ?? [];
  const [calendar, setCalendar] = useState<CalendarDefinition>(
    () =>
      object.views?.calendar ?? {
        start: (fields.find(isOwnTime) ?? fields.find(isTime))?.name ?? "",
        title: object.title_field,
      },
  );
  const choices = (fits: (field: FieldMeta) => boolean) =>
    fields.filter(fits).map((field) => ({ value: field.name, label: label(field.label) }));
  const set = (key: "end" | "color_by", value: string | undefined) => {
    const { [key]: _before, ...rest } = calendar;
    setCalendar(value ? { ...rest, [key]: value } : rest);
  };
  return (
    <ChangeDrawer
      object={object}
      title={t("settings.views.calendar")}
      draft={calendar}
      change={calendar.start ? { op: "change_object", object: withViews(object, { calendar }) } : null}
      onClose={onClose}
    >
      {() => (
        <>
          <Form.Item label={t("settings.views.start")} htmlFor="calendar-start" required>
            <Select
              id="calendar-start"
              value={calendar.start || undefined}
              onChange={(start: string) => setCalendar({ ...calendar, start })}
              options={choices(isTime)}
            />
          </Form.Item>
          <Form.Item label={t("settings.views.end")} extra={t("settings.views.endHelp")} htmlFor="calendar-end">
            <Select
              id="calendar-end"
              allowClear
              value={calendar.end}
              onChange={(end: string | undefined) => set("end", end)}
              options={choices((field) => isTime(field) && field.name !== calendar.start)}
            />
          </Form.Item>
          <Form.Item label={t("settings.views.entryTitle")} htmlFor="calendar-title" required>
            <Select
              id="calendar-title"
              value={calendar.title}
              onChange={(title: string) => setCalendar({ ...calendar, title })}
              options={choices((field) => !["json", "rich_text", "long_text", "file", "image"].includes(field.type))}
            />
          </Form.Item>
          <Form.Item label={t("settings.views.colorBy")} htmlFor="calendar-color">
            <Select
              id="calendar-color"
              allowClear
              value={calendar.color_by}
              onChange={(field: string | undefined) => set("color_by", field)}
              options={choices((field) => field.type === "select")}
            />
          </Form.Item>
        </>
      )}
    </ChangeDrawer>
  );
}

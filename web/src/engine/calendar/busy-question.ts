import { App } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { type BusyQuery, readBusy } from "@/api/calendar";
import type { BusySchedule, FieldValues, ObjectMeta } from "@/api/types";
import { asReference, asReferences, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { useMe } from "../session";

const LONGEST_MS = 31 * 86_400_000;
const HOUR_MS = 3_600_000;
/** Most people asked about at once. */
const MOST = 60;
/** Kinds that take up people's time. */
const MEETINGS = ["appointment", "visit"];

/** What to ask of the people of an appointment planned for a time: who of them is taken then. Null where nobody need be asked. */
export function busyQuestion(object: ObjectMeta, values: FieldValues, id: string | null, me: string): BusyQuery | null {
  const calendar = object.views.calendar;
  const from = Date.parse(asText(values[calendar?.start ?? ""]));
  const end = calendar?.end ? Date.parse(asText(values[calendar.end])) : Number.NaN;
  const until = end > from ? end : from + HOUR_MS;
  if (!MEETINGS.includes(asText(values.kind)) || Number.isNaN(from) || until - from > LONGEST_MS) return null;
  const owner = asReference(values.owner)?.id ?? me;
  const people = asReferences(values[calendar?.people ?? ""]).map((one) => one.id);
  return {
    members: [...new Set([owner, ...people])].sort().slice(0, MOST),
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    ...(id ? { except: id } : {}),
  };
}

/** Who is taken, in words: one line for each. */
export function useBusyText(): (schedules: BusySchedule[]) => { id: string; text: string }[] {
  const { t } = useTranslation();
  const formats = useFormats();
  return useCallback(
    (schedules) => {
      const span = (time: BusySchedule["busy"][number]) =>
        `${formats.time(time.start)}–${formats.time(time.end)} ${t(`planning.kinds.${time.kind}`)}`;
      return schedules
        .filter((one) => one.busy.length > 0)
        .map((one) => ({
          id: one.of.id,
          text: t("planning.busyOf", { name: one.of.label ?? "", times: one.busy.map(span).join(t("common.comma")) }),
        }));
    },
    [t, formats],
  );
}

/** Warns, once an appointment was moved, of those of its people who are taken then; it stays moved all the same. */
export function useBusyWarning(object: ObjectMeta): (values: FieldValues, id: string) => Promise<void> {
  const { t } = useTranslation();
  const me = useMe();
  const { notification } = App.useApp();
  const text = useBusyText();
  return async (values, id) => {
    const question = busyQuestion(object, values, id, me.user.id);
    if (!question) return;
    const [{ members }] = await Promise.all([readBusy(question), activateLateTexts()]);
    const taken = text(members);
    if (taken.length === 0) return;
    notification.warning({
      key: `busy-${id}`,
      title: t("planning.busy"),
      description: taken.map((one) => one.text).join(t("common.comma")),
      duration: 8,
    });
  };
}

import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { readBusy } from "@/api/calendar";
import { queryKeys } from "@/api/query-keys";
import type { FieldValues, ObjectMeta } from "@/api/types";
import { asReference, asReferences, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useMe } from "../session";

const LONGEST_MS = 31 * 86_400_000;
const HOUR_MS = 3_600_000;
/** Kinds that take up people's time. */
const MEETINGS = ["appointment", "visit"];

interface BusyNoteProps {
  object: ObjectMeta;
  values: FieldValues;
  id: string | null;
}

/** Tells, while an appointment is planned, who of its people is taken at that time. It can be saved all the same. */
export function BusyNote({ object, values, id }: BusyNoteProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const me = useMe();
  const calendar = object.views.calendar;
  const start = asText(values[calendar?.start ?? ""]);
  const end = calendar?.end ? asText(values[calendar.end]) : "";
  const from = Date.parse(start);
  const until = end && Date.parse(end) > from ? Date.parse(end) : from + HOUR_MS;
  const owner = asReference(values.owner)?.id ?? me.user.id;
  const people = asReferences(values[calendar?.people ?? ""]).map((one) => one.id);
  const applies = MEETINGS.includes(asText(values.kind)) && !Number.isNaN(from) && until - from <= LONGEST_MS;
  const query = useDeferredValue(
    JSON.stringify({
      members: [...new Set([owner, ...people])].sort().slice(0, 60),
      from: applies ? new Date(from).toISOString() : "",
      until: applies ? new Date(until).toISOString() : "",
      ...(id ? { except: id } : {}),
    }),
  );
  const asked = JSON.parse(query) as { members: string[]; from: string; until: string; except?: string };
  const busy = useQuery({
    queryKey: queryKeys.busy(asked),
    queryFn: ({ signal }) => readBusy(asked, signal),
    enabled: applies && asked.from !== "",
    staleTime: 15_000,
  });
  const taken = applies ? (busy.data?.members ?? []).filter((one) => one.busy.length > 0) : [];
  if (taken.length === 0) return null;
  const span = (time: (typeof taken)[number]["busy"][number]) =>
    `${formats.time(time.start)}–${formats.time(time.end)} ${t(`planning.kinds.${time.kind}`)}`;
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      title={t("planning.busy")}
      description={
        <ul className="gx-busy-note">
          {taken.map((one) => (
            <li key={one.of.id}>
              {t("planning.busyOf", { name: one.of.label ?? "", times: one.busy.map(span).join(t("common.comma")) })}
            </li>
          ))}
        </ul>
      }
    />
  );
}

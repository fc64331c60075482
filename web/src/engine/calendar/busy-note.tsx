import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { type BusyQuery, readBusy } from "@/api/calendar";
import { queryKeys } from "@/api/query-keys";
import type { FieldValues, ObjectMeta } from "@/api/types";
import { useMe } from "../session";
import { busyQuestion, useBusyText } from "./busy-question";

interface BusyNoteProps {
  object: ObjectMeta;
  values: FieldValues;
  id: string | null;
}

/** Tells, while an appointment is planned, who of its people is taken at that time. It can be saved all the same. */
export function BusyNote({ object, values, id }: BusyNoteProps) {
  const { t } = useTranslation();
  const me = useMe();
  const text = useBusyText();
  const question = busyQuestion(object, values, id, me.user.id);
  const query = useDeferredValue(JSON.stringify(question ?? { members: [], from: "", until: "" }));
  const asked = JSON.parse(query) as BusyQuery;
  const busy = useQuery({
    queryKey: queryKeys.busy(asked),
    queryFn: ({ signal }) => readBusy(asked, signal),
    enabled: question !== null && asked.from !== "",
    staleTime: 15_000,
    refetchInterval: 60_000,
    meta: { live: true, liveAlso: ["absence"] },
  });
  const taken = question ? text(busy.data?.members ?? []) : [];
  if (taken.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      title={t("planning.busy")}
      description={
        <ul className="gx-busy-note">
          {taken.map((one) => (
            <li key={one.id}>{one.text}</li>
          ))}
        </ul>
      }
    />
  );
}

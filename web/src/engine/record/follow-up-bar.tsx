import { BellOutlined, CheckCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { datePatterns } from "@/fields/date/pattern";
import { RecordLink } from "@/fields/record-link";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { findField, findObject, useMeta } from "../meta";
import { NextStep, useMissingStep } from "./next-step";
import { ACTIVITY, viaOf } from "./quick-log-values";
import { relatedFilter } from "./related-list";
import { dayIn } from "./timeline/group";
import { useCompleteActivity } from "./use-complete-activity";

const SHOWN = 3;
export const FOLLOW_UP = "next_follow_up";

interface Props {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
  onSave: (values: FieldValues) => Promise<void>;
}

/** What comes next with this record: the day to get in touch again, and what is planned, ready to tick off. */
export function FollowUpBar({ object, record, editable, onSave }: Props) {
  const { t } = useTranslation();
  const meta = useMeta();
  const formats = useFormats();
  const complete = useCompleteActivity();
  const activity = findObject(meta, ACTIVITY);
  const via = viaOf(object.views.record.related, ACTIVITY);
  const field = findField(object, FOLLOW_UP);
  const hasDay = field?.type === "date" && record[FOLLOW_UP] !== undefined;
  const query = {
    filter: activity && via ? `${relatedFilter(activity, via, record.id)} && status in ["open", "in_progress"]` : "",
    sort: "due_at",
    limit: SHOWN,
    fields: "subject,kind,status,due_at,start_at",
  };
  const open = useQuery({
    queryKey: [...queryKeys.list(ACTIVITY, query), "follow-up"],
    queryFn: ({ signal }) => listRecords(ACTIVITY, query, signal),
    enabled: query.filter !== "",
    staleTime: 30_000,
  });
  const planned = open.data?.items ?? [];
  const missing = useMissingStep(object, record) !== null;
  if (!hasDay && !missing && planned.length === 0) return null;
  const today = dayIn(formats.timeZone, new Date().toISOString());
  const day = asText(record[FOLLOW_UP]);
  const late = day !== "" && day < today;
  const quick = [
    { text: t("record.tomorrow"), day: dayjs(today).add(1, "day") },
    { text: t("record.inThreeDays"), day: dayjs(today).add(3, "day") },
    { text: t("record.nextWeek"), day: dayjs(today).add(7, "day") },
  ];
  const setDay = (next: string | null) => void onSave({ [FOLLOW_UP]: next }).catch(() => undefined);
  return (
    <section className="gx-follow" aria-label={t("record.followUp")} data-late={late || undefined}>
      {hasDay ? (
        <div className="gx-follow-day">
          <BellOutlined aria-hidden />
          <span>{t("record.followUp")}</span>
          {editable && !field.read_only ? (
            <DatePicker
              size="small"
              format={datePatterns(formats.locale)}
              value={day ? dayjs(day) : null}
              placeholder={t("record.followUpNone")}
              onChange={(next) => setDay(next ? next.format("YYYY-MM-DD") : null)}
              presets={quick.map((one) => ({ label: one.text, value: one.day }))}
              aria-label={t("record.followUp")}
            />
          ) : (
            <strong>{day ? formats.date(day) : t("record.followUpNone")}</strong>
          )}
          {late ? (
            <span className="gx-late">{t("record.overdue", { count: dayjs(today).diff(day, "day") })}</span>
          ) : null}
        </div>
      ) : null}
      {missing ? <NextStep object={object} record={record} editable={editable} onSave={onSave} /> : null}
      {planned.map((item) => {
        const at = asText(item.due_at ?? item.start_at);
        const overdue = at !== "" && at < new Date().toISOString();
        return (
          <div key={item.id} className="gx-follow-item">
            {complete.offered(ACTIVITY, item) ? (
              <Button
                type="text"
                size="small"
                icon={<CheckCircleOutlined />}
                aria-label={t("record.complete")}
                title={t("record.complete")}
                onClick={() => complete.run(ACTIVITY, item.id)}
              />
            ) : null}
            <RecordLink object={ACTIVITY} id={item.id}>
              {asText(item.subject)}
            </RecordLink>
            {at ? <span className={overdue ? "gx-late" : "gx-muted"}>{formats.dateTime(at)}</span> : null}
          </div>
        );
      })}
    </section>
  );
}

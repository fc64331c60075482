import { WarningOutlined } from "@ant-design/icons";
import { Button, DatePicker, Input } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { datePatterns } from "@/fields/date/pattern";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useLeaveGuard } from "@/ui/leave-guard";
import { holds } from "../board/moves";
import { findField, systemFields } from "../meta";
import { useViewer } from "../viewer";
import { type NextStepHint, nextStepHint } from "./next-step-hint";
import { dayIn } from "./timeline/group";
import "./next-step.css";

interface NextStepProps {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
  onSave: (values: FieldValues) => Promise<void>;
}

/** Whether nobody knows what comes next with a record; null where its kind has no next step. */
export function useMissingStep(object: ObjectMeta, record: RecordData): NextStepHint | null {
  const viewer = useViewer();
  const hint = nextStepHint(object);
  const missing = hint && holds(hint.missing, [...object.fields, ...systemFields], record, viewer, false);
  return missing ? hint : null;
}

/** Asks what comes next, in place, as long as that is not known or its day is over. */
export function NextStep({ object, record, editable, onSave }: NextStepProps) {
  const hint = useMissingStep(object, record);
  const { t } = useTranslation();
  if (!hint) return null;
  const writable = editable && !hint.step.read_only && record[hint.step.name] !== undefined;
  return (
    <div className="gx-follow-step">
      <strong className="gx-late">
        <WarningOutlined aria-hidden />{" "}
        {t(asText(record[hint.step.name]) ? "record.nextStepOver" : "record.nextStepNone")}
      </strong>
      {writable ? <StepForm key={record.id} hint={hint} object={object} record={record} onSave={onSave} /> : null}
    </div>
  );
}

type StepFormProps = Omit<NextStepProps, "editable"> & { hint: NextStepHint };

function StepForm({ hint, object, record, onSave }: StepFormProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const before = asText(record[hint.step.name]);
  const [text, setText] = useState(before);
  const [day, setDay] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  useLeaveGuard(text !== before || day !== null);
  const dated = hint.day ? findField(object, hint.day.name) : null;
  const today = dayIn(formats.timeZone, new Date().toISOString());
  // A step whose day is over stays missing until it has another day.
  const ready = text.trim() !== "" && (before === "" || text.trim() !== before || day !== null);
  const submit = () => {
    setSaving(true);
    onSave({ [hint.step.name]: text.trim(), ...(dated ? { [dated.name]: day } : {}) })
      .catch(() => undefined)
      .finally(() => setSaving(false));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) submit();
      }}
    >
      <Input
        size="small"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t("record.nextStepWhat")}
        maxLength={hint.step.max_length ?? 500}
        aria-label={label(hint.step.label)}
      />
      {dated ? (
        <DatePicker
          size="small"
          format={datePatterns(formats.locale)}
          value={day ? dayjs(day) : null}
          minDate={dayjs(today)}
          placeholder={label(dated.label)}
          onChange={(next) => setDay(next ? next.format("YYYY-MM-DD") : null)}
          presets={[
            { label: t("record.tomorrow"), value: dayjs(today).add(1, "day") },
            { label: t("record.inThreeDays"), value: dayjs(today).add(3, "day") },
            { label: t("record.nextWeek"), value: dayjs(today).add(7, "day") },
          ]}
          aria-label={label(dated.label)}
        />
      ) : null}
      <Button size="small" type="primary" htmlType="submit" disabled={!ready} loading={saving}>
        {t("common.save")}
      </Button>
    </form>
  );
}

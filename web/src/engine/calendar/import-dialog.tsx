import { UploadOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, DatePicker, Modal, Tag, Upload } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { importCalendar } from "@/api/calendar";
import type { CalendarImport } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { invalidateObject } from "../records";

/** What one request may hold. */
const BIGGEST = 900_000;
const MONTHS_AHEAD = 6;

/** Appointments out of another calendar's file: first what would come of it, then in. */
export function ImportDialog({ object, onClose }: { object: string; onClose: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const [until, setUntil] = useState<Dayjs>(() => dayjs().add(MONTHS_AHEAD, "month"));
  const file = (ics: string, day: Dayjs) => ({ ics, until: day.format("YYYY-MM-DD") });
  const preview = useMutation({
    mutationFn: (input: { ics: string; day: Dayjs }) => importCalendar(file(input.ics, input.day), true),
  });
  const run = useMutation({
    mutationFn: (ics: string) => importCalendar(file(ics, until), false),
    onSuccess: (done) => {
      void message.success(t("planning.importDone", { n: done.made }));
      void invalidateObject(queryClient, object);
      onClose();
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const read = async (chosen: File) => {
    if (chosen.size > BIGGEST) {
      void message.error(t("planning.importTooBig"));
      return;
    }
    const ics = await chosen.text();
    setText(ics);
    preview.mutate({ ics, day: until });
  };
  const found = preview.data;
  return (
    <Modal
      open
      width={640}
      title={t("planning.importTitle")}
      onCancel={onClose}
      okText={
        !found
          ? t("list.import")
          : found.made > 0
            ? t("planning.importRun", { n: found.made })
            : t("planning.importNone")
      }
      okButtonProps={{ disabled: !text || !found || found.made === 0, loading: run.isPending }}
      onOk={() => text && run.mutate(text)}
    >
      <p>{t("planning.importText")}</p>
      <div className="gx-ics-choices">
        <Upload
          accept=".ics,text/calendar"
          maxCount={1}
          showUploadList={false}
          beforeUpload={(chosen) => {
            void read(chosen);
            return false;
          }}
        >
          <Button icon={<UploadOutlined />}>{t("planning.importChoose")}</Button>
        </Upload>
        <span className="gx-ics-until">
          <label htmlFor="ics-until">{t("planning.importUntil")}</label>
          <DatePicker
            id="ics-until"
            value={until}
            allowClear={false}
            onChange={(next) => {
              if (!next) return;
              setUntil(next);
              if (text) preview.mutate({ ics: text, day: next });
            }}
          />
        </span>
      </div>
      {preview.error ? <Alert type="error" showIcon title={errorText(preview.error)} /> : null}
      {found ? <Found found={found} formats={formats} /> : null}
    </Modal>
  );
}

function Found({ found, formats }: { found: CalendarImport; formats: ReturnType<typeof useFormats> }) {
  const { t } = useTranslation();
  return (
    <>
      <p role="status">{t("planning.importFound", { made: found.made, known: found.known, refused: found.refused })}</p>
      <ul className="gx-ics-list">
        {found.events.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list read once, never reordered
          <li key={index} data-refused={event.problem ? "" : undefined}>
            <strong>{event.title || t("board.untitled")}</strong>
            {event.start ? (
              <span className="gx-muted gx-numeric">
                {event.all_day ? formats.date(event.start) : formats.dateTime(event.start)}
              </span>
            ) : null}
            {event.times > 1 ? <Tag>{t("planning.importTimes", { n: event.times })}</Tag> : null}
            {event.known > 0 ? <Tag>{t("planning.importKnown")}</Tag> : null}
            {event.problem ? <span className="gx-ics-problem">{event.problem}</span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

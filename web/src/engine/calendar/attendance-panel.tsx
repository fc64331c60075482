import { CheckOutlined, CloseOutlined, QuestionOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { RecordLink } from "@/fields/record-link";
import { asReference, asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { useErrorText } from "@/ui/error-text";
import { findField } from "../meta";
import { useRunAction } from "../record/use-run-action";
import { useRecordList } from "../records";
import { useMe } from "../session";

/** The object of who takes part. */
export const ATTENDANCE = "attendance";
const ANSWERS = [
  { value: "accepted", text: "planning.accept", icon: <CheckOutlined /> },
  { value: "tentative", text: "planning.tentative", icon: <QuestionOutlined /> },
  { value: "declined", text: "planning.decline", icon: <CloseOutlined /> },
] as const;

interface PanelProps {
  attendance: ObjectMeta;
  record: RecordData;
  editable: boolean;
}

/** Who takes part in an appointment and what each answered; whoever is asked answers here. */
export function AttendancePanel({ attendance, record, editable }: PanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const me = useMe();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const run = useRunAction(attendance);
  const [note, setNote] = useState("");
  const list = useRecordList(attendance.name, {
    filter: `activity == "${record.id}"`,
    fields: "member,contact,answer,note,answered_at",
    sort: "id",
    limit: 200,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (rows.length === 0) return null;
  const options = findField(attendance, "answer")?.options ?? [];
  const mine = rows.find((row) => asReference(row.member)?.id === me.user.id);
  const open = ["open", "in_progress"].includes(asText(record.status));
  const answer = (id: string, value: string, said: string) =>
    run
      .mutateAsync({ id, action: "answer", input: { answer: value, note: said === "" ? null : said } })
      .then(() => void message.success(t("planning.answered")))
      .catch((error: unknown) => void message.error(errorText(error)));
  const count = (value: string) => rows.filter((row) => row.answer === value).length;
  return (
    <section className="gx-attendance" aria-label={t("planning.attendance")}>
      <h2>
        {t("planning.attendance")}
        <span className="gx-muted">{t("planning.counts", { accepted: count("accepted"), none: count("none") })}</span>
      </h2>
      {mine && open ? (
        <div className="gx-attendance-answer">
          <span>{t("planning.yourAnswer")}</span>
          {ANSWERS.map((one) => (
            <Button
              key={one.value}
              size="small"
              icon={one.icon}
              type={mine.answer === one.value ? "primary" : "default"}
              aria-pressed={mine.answer === one.value}
              loading={run.isPending && run.variables?.input.answer === one.value}
              onClick={() => void answer(mine.id, one.value, note)}
            >
              {t(one.text)}
            </Button>
          ))}
          <Input
            size="small"
            value={note}
            maxLength={500}
            placeholder={t("planning.note")}
            aria-label={t("planning.note")}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
      ) : null}
      <ul>
        {rows.map((row) => {
          const member = asReference(row.member);
          const contact = asReference(row.contact);
          const option = options.find((one) => one.value === row.answer);
          const tag = <ColorTag color={option?.color}>{option ? label(option.label) : asText(row.answer)}</ColorTag>;
          const name = (member ?? contact)?.label ?? "";
          return (
            <li key={row.id}>
              {member || contact ? (
                <RecordLink object={member ? "user" : "contact"} id={(member ?? contact)?.id ?? ""}>
                  {name}
                </RecordLink>
              ) : null}
              {contact ? <span className="gx-muted">{t("planning.customer")}</span> : null}
              {contact && editable && open ? (
                <Dropdown
                  trigger={["click"]}
                  menu={{
                    items: ANSWERS.map((one) => ({ key: one.value, label: t(one.text), icon: one.icon })),
                    onClick: ({ key }) => void answer(row.id, key, ""),
                  }}
                >
                  <button
                    type="button"
                    className="gx-attendance-enter"
                    aria-label={t("planning.enterAnswer", { name })}
                  >
                    {tag}
                  </button>
                </Dropdown>
              ) : (
                tag
              )}
              {asText(row.note) ? <q>{asText(row.note)}</q> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

import { EditOutlined, FileTextOutlined, PhoneOutlined, ScheduleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { splitPhone } from "@/fields/phone/text";
import { asText, isEmptyValue } from "@/fields/values";
import { NOTE } from "./quick-log-values";

interface Props {
  object: ObjectMeta;
  record: RecordData;
  kinds: string[];
  editable: boolean;
  onLog: (kind: string) => void;
  onEdit: () => void;
}

/** What a thumb wants at a customer's door: call, log, note, edit. */
export function PhoneBar({ object, record, kinds, editable, onLog, onEdit }: Props) {
  const { t } = useTranslation();
  const phone = object.fields.find((field) => field.type === "phone" && !isEmptyValue(record[field.name]));
  const [activity] = kinds.filter((kind) => kind !== NOTE);
  return (
    <nav className="gx-phone-bar" aria-label={t("record.actions")}>
      {phone ? (
        <a href={`tel:${splitPhone(asText(record[phone.name]))[0]}`}>
          <PhoneOutlined />
          {t("record.dial")}
        </a>
      ) : null}
      {activity ? (
        <button type="button" onClick={() => onLog(activity)}>
          <ScheduleOutlined />
          {t("record.quickLog")}
        </button>
      ) : null}
      {kinds.includes(NOTE) ? (
        <button type="button" onClick={() => onLog(NOTE)}>
          <FileTextOutlined />
          {t("record.note")}
        </button>
      ) : null}
      {editable ? (
        <button type="button" onClick={onEdit}>
          <EditOutlined />
          {t("common.edit")}
        </button>
      ) : null}
    </nav>
  );
}

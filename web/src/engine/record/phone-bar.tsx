import { EditOutlined, FileTextOutlined, PhoneOutlined, ScheduleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { splitPhone } from "@/fields/phone/text";
import { asText, isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { useOfferedActions } from "./action-menu";
import { NOTE } from "./quick-log-values";
import { useStartAction } from "./use-start-action";

interface Props {
  object: ObjectMeta;
  record: RecordData;
  kinds: string[];
  editable: boolean;
  onLog: (kind: string) => void;
  onEdit: () => void;
}

/** Most entries that stand side by side with their words. */
const MOST = 4;

/** What a thumb wants at a customer's door: call, log, note, edit; and what the record waits for, where there is room. */
export function PhoneBar({ object, record, kinds, editable, onLog, onEdit }: Props) {
  const { t } = useTranslation();
  const phone = object.fields.find((field) => field.type === "phone" && !isEmptyValue(record[field.name]));
  const [activity] = kinds.filter((kind) => kind !== NOTE);
  const label = useLabel();
  const { start, dialog } = useStartAction(object, record);
  const taken = [phone, activity, kinds.includes(NOTE), editable].filter(Boolean).length;
  const actions = useOfferedActions(object, record)
    .filter((action) => action.primary && !action.danger && action.name !== object.views.board?.move_action)
    .slice(0, Math.max(0, Math.min(2, MOST - taken)));
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
      {actions.map((action) => (
        <button key={action.name} type="button" onClick={() => void start(action)}>
          {action.icon ? <ObjectIcon icon={action.icon} /> : null}
          {label(action.label)}
        </button>
      ))}
      {dialog}
    </nav>
  );
}

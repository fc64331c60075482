import {
  CopyOutlined,
  DeleteOutlined,
  LinkOutlined,
  LockOutlined,
  MergeCellsOutlined,
  PushpinOutlined,
  SafetyOutlined,
} from "@ant-design/icons";
import { App, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { mayMerge } from "@/api/may-merge";
import type { RecordLock } from "@/api/record-lock";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { isTypable } from "../form/conditions";
import { useRecordForms } from "../form/create-record";
import { findObject, useMeta } from "../meta";
import { usePin } from "../pin";
import { inheritedReferences } from "./quick-log-values";

type MenuItems = NonNullable<MenuProps["items"]>;

interface RecordMenuOptions {
  object: ObjectMeta;
  record: RecordData;
  lock: RecordLock | undefined;
  /** May ask about anybody's rights. */
  auditor: boolean;
  mayDelete: boolean;
  onAccess: () => void;
  onLock: () => void;
  onFind: () => void;
  onDelete: () => void;
}

/** What can be done with a record besides its actions, as far as the caller may. */
export function useRecordMenu(options: RecordMenuOptions): MenuItems {
  const { object, record, lock, auditor, mayDelete, onAccess, onLock, onFind, onDelete } = options;
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const forms = useRecordForms();
  const { message } = App.useApp();
  const deleted = Boolean(record.deleted_at);
  const free = !deleted && !lock?.binds;
  const copyLink = () =>
    void navigator.clipboard.writeText(window.location.href).then(
      () => void message.success(t("common.copied")),
      () => undefined,
    );
  // What may hang on any record and is a matter between people (a hand-over) is begun from the menu as well.
  const pin = usePin();
  const handOverItems = object.views.record.related.flatMap((list) => {
    const target = findObject(meta, list.object);
    const isRecord = target?.fields.some((field) => field.name === list.via && field.type === "record");
    // Where an action of the record offers it, that is the way to it.
    const offered = object.actions.some((action) => action.name === `offer_${list.object}`);
    if (!target?.access.create || !isRecord || offered) return [];
    const start = () => forms.create(target.name, inheritedReferences(target, list.via, object, record), () => {});
    return [
      {
        key: `begin:${target.name}`,
        icon: <ObjectIcon icon={target.icon} />,
        label: t("record.beginRelated", { object: label(target.label) }),
        onClick: start,
      },
    ];
  });
  const item = (offered: boolean | undefined, entry: MenuItems[number]): MenuItems => (offered ? [entry] : []);
  return [
    ...item(object.access.create && !deleted, {
      key: "duplicate",
      icon: <CopyOutlined />,
      label: t("record.duplicate"),
      onClick: () => forms.create(object.name, copyable(object, record)),
    }),
    { key: "link", icon: <LinkOutlined />, label: t("record.copyLink"), onClick: copyLink },
    ...item(pin !== null && !deleted, {
      key: "pin",
      icon: <PushpinOutlined />,
      label: t("record.pin"),
      onClick: () =>
        pin?.({ record: { object: object.name, id: record.id, label: titleText(record[object.title_field]) } }),
    }),
    ...(deleted ? [] : handOverItems),
    ...item(mayMerge(object) && free, {
      key: "merge",
      icon: <MergeCellsOutlined />,
      label: t("record.findAndMerge"),
      onClick: onFind,
    }),
    ...item(!deleted, {
      key: "access",
      icon: <SafetyOutlined />,
      label: t(object.access.share || auditor ? "record.access" : "record.myAccess"),
      onClick: onAccess,
    }),
    ...item(lock?.may_lock && !lock.lock, {
      key: "lock",
      icon: <LockOutlined />,
      label: t("record.lockMenu"),
      onClick: onLock,
    }),
    ...item(mayDelete && free, {
      key: "delete",
      icon: <DeleteOutlined />,
      danger: true,
      label: t("common.delete"),
      onClick: onDelete,
    }),
  ];
}

/** What a copy begins with: everything typed but what must be unlike. */
function copyable(object: ObjectMeta, record: RecordData): FieldValues {
  return Object.fromEntries(
    object.fields
      .filter((field) => isTypable(field) && !field.unique && record[field.name] !== null)
      .map((field) => [field.name, record[field.name]]),
  );
}

import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { findField, findObject, useMeta } from "../meta";
import { isClosed, type Notification } from "./notification-model";

/** A notification as a sentence. */
export function useSentence(): (notification: Notification) => string {
  const { t } = useTranslation();
  const meta = useMeta();
  const label = useLabel();
  return (notification) => {
    const { kind, actor, target, number, count } = notification;
    const who = actor ?? t("record.system");
    if (kind === "assigned" && !target) {
      const object = findObject(meta, notification.object);
      return t("notifications.assignedMany", { who, count, object: object ? label(object.plural) : "" });
    }
    if (notification.imported) {
      const { file, failed, written } = notification.imported;
      return t(failed ? "notifications.importFailed" : "notifications.says.imported", { title: file, count: written });
    }
    if (notification.exported) {
      const { file, failed, written } = notification.exported;
      return t(failed ? "notifications.exportFailed" : "notifications.says.exported", { title: file, count: written });
    }
    if (notification.found) return t("notifications.says.found", { title: notification.found.name, count });
    const title = number || target?.label || t("notifications.somethingClosed");
    const { concerns } = notification;
    const said = t(`notifications.says.${concerns?.kind ?? kind}`, { who, title });
    const sentence = concerns ? t(`notifications.says.${kind}`, { who: concerns.name, title: said }) : said;
    return count > 1 ? `${sentence}${t("notifications.times", { count })}` : sentence;
  };
}

/** The second line: what was said, which fields changed, or that it is gone. */
export function NotificationDetail({ notification }: { notification: Notification }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const label = useLabel();
  if (isClosed(notification)) return <span className="gx-muted">{t("notifications.closed")}</span>;
  if (notification.imported?.rejected) {
    return <span className="gx-muted">{t("notifications.rejected", { count: notification.imported.rejected })}</span>;
  }
  if (notification.comment?.label) return <span className="gx-told-said">{notification.comment.label}</span>;
  const object = findObject(meta, notification.target?.object ?? "");
  const names = notification.fields
    .map((name) => (object ? findField(object, name) : null))
    .filter((field) => field !== null)
    .map((field) => label(field.label));
  if (names.length === 0) return null;
  return (
    <span className="gx-muted">
      {t("notifications.fields", { names: names.slice(0, 6).join(t("comments.comma")) })}
    </span>
  );
}

import { CheckOutlined, InboxOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import type { Notification } from "./notification-model";
import { NotificationDetail, useSentence } from "./notification-text";
import "./notifications.css";

interface Props {
  notification: Notification;
  /** Where the keyboard stands. */
  active?: boolean;
  onOpen: () => void;
  onRead: () => void;
  onArchive: () => void;
}

/** One line of what one was told. */
export function NotificationRow({ notification, active, onOpen, onRead, onArchive }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const sentence = useSentence();
  return (
    <li className="gx-told" data-unread={!notification.read || undefined} data-active={active || undefined}>
      <button type="button" className="gx-told-open" onClick={onOpen}>
        <span className="gx-told-mark" aria-hidden />
        {notification.read ? null : <span className="gx-visually-hidden">{t("notifications.unread")}</span>}
        <span className="gx-told-text">
          <span>{sentence(notification)}</span>
          <NotificationDetail notification={notification} />
          <time className="gx-muted" dateTime={notification.at} title={formats.dateTime(notification.at)}>
            {formats.relative(notification.at)}
          </time>
        </span>
      </button>
      <span className="gx-told-actions">
        <Tooltip title={notification.read ? t("notifications.markUnread") : t("notifications.markRead")}>
          <Button
            type="text"
            size="small"
            icon={<CheckOutlined />}
            aria-label={notification.read ? t("notifications.markUnread") : t("notifications.markRead")}
            onClick={onRead}
          />
        </Tooltip>
        <Tooltip title={notification.archived ? t("notifications.unarchive") : t("notifications.archive")}>
          <Button
            type="text"
            size="small"
            icon={<InboxOutlined />}
            aria-label={notification.archived ? t("notifications.unarchive") : t("notifications.archive")}
            onClick={onArchive}
          />
        </Tooltip>
      </span>
    </li>
  );
}

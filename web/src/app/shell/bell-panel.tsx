import { Link } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { NotificationRow } from "@/engine/notifications/notification-row";
import { useMark, useMarkAll, useNotifications, useOpenNotification } from "@/engine/notifications/use-notifications";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";

const SHOWN = 12;

/** The latest of what one was told, under the bell. */
export function BellPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const found = useNotifications("inbox", SHOWN);
  const mark = useMark();
  const markAll = useMarkAll();
  const open = useOpenNotification();
  return (
    <div className="gx-told-panel">
      <div className="gx-told-head">
        <strong>{t("notifications.title")}</strong>
        <Button type="link" size="small" loading={markAll.isPending} onClick={() => markAll.mutate(false)}>
          {t("notifications.markAllRead")}
        </Button>
      </div>
      {found.isPending ? <Skeleton active paragraph={{ rows: 4 }} title={false} /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isSuccess && found.items.length === 0 ? (
        <EmptyState title={t("notifications.none")} text={t("notifications.noneText")} />
      ) : null}
      <ul className="gx-told-list">
        {found.items.slice(0, SHOWN).map((one) => (
          <NotificationRow
            key={one.id}
            notification={one}
            onOpen={() => {
              if (open(one)) onClose();
            }}
            onRead={() => mark.mutate({ id: one.id, read: !one.read })}
            onArchive={() => mark.mutate({ id: one.id, archived: !one.archived, read: true })}
          />
        ))}
      </ul>
      <div className="gx-told-head">
        <Link to="/notifications" onClick={onClose}>
          {t("notifications.all")}
        </Link>
        <Link to="/profile/notifications" onClick={onClose}>
          {t("notifications.settings")}
        </Link>
      </div>
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { NotificationRow } from "@/engine/notifications/notification-row";
import { useMark, useNotifications, useOpenNotification, useUnread } from "@/engine/notifications/use-notifications";
import { HomeCard } from "./home-card";

const SHOWN = 5;

/** What one was told and has not read, the newest first; each leads where it speaks of. */
export function UnreadCard() {
  const { t } = useTranslation();
  const found = useNotifications("unread", SHOWN);
  const unread = useUnread(true);
  const mark = useMark();
  const open = useOpenNotification();
  const items = found.items.slice(0, SHOWN);
  return (
    <HomeCard
      title={t("home.unread.title")}
      count={unread.data?.count || undefined}
      link={
        <Link to="/notifications" search={{ box: "unread" }}>
          {t("home.unread.all")}
        </Link>
      }
      loading={found.isPending}
      error={found.error}
      onRetry={() => void found.refetch()}
      empty={found.isSuccess && items.length === 0 ? t("home.unread.none") : null}
    >
      <ul className="gx-home-unread">
        {items.map((one) => (
          <NotificationRow
            key={one.id}
            notification={one}
            onOpen={() => open(one)}
            onRead={() => mark.mutate({ id: one.id, read: true })}
            onArchive={() => mark.mutate({ id: one.id, archived: true, read: true })}
          />
        ))}
      </ul>
    </HomeCard>
  );
}

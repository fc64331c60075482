import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Segmented, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { NotificationRow } from "@/engine/notifications/notification-row";
import {
  type Box,
  useMark,
  useMarkAll,
  useNotification,
  useNotifications,
  useOpenNotification,
} from "@/engine/notifications/use-notifications";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageHeader } from "@/ui/page-header";
import { useShortcuts } from "@/ui/shortcuts";

const BOXES: Box[] = ["inbox", "unread", "mentions", "archived"];
const PAGE = 50;

/** Everything one was told: j and k go up and down, Enter opens, e puts away, r marks as read. */
export function NotificationsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { box = "inbox", open: wanted } = useSearch({ from: "/shell/notifications" });
  const found = useNotifications(box, PAGE);
  const mark = useMark();
  const markAll = useMarkAll();
  const open = useOpenNotification();
  const [at, setAt] = useState(-1);
  const { items } = found;
  const current = items[at];
  useEffect(() => {
    document.title = `${t("notifications.title")} · ${t("common.product")}`;
  }, [t]);
  // A link in a mail, a text message or of the browser names the notification it speaks of.
  const named = useNotification(wanted);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it has been found
  useEffect(() => {
    if (named && !open(named)) void navigate({ to: "/notifications", search: { box }, replace: true });
  }, [named?.id]);
  const move = (by: number) => {
    const next = Math.min(Math.max(at + by, 0), items.length - 1);
    setAt(next);
    document.querySelectorAll(".gx-told")[next]?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => (current ? open(current) : false),
    e: () => (current ? mark.mutate({ id: current.id, archived: !current.archived, read: true }) : undefined),
    r: () => (current ? mark.mutate({ id: current.id, read: !current.read }) : undefined),
  });
  return (
    <div className="gx-page">
      <div className="gx-page-narrow">
        <PageHeader title={t("notifications.title")} subtitle={t("notifications.subtitle")} />
        <div className="gx-told-head">
          <Segmented<Box>
            value={box}
            onChange={(next) => {
              setAt(-1);
              void navigate({ to: "/notifications", search: { box: next }, replace: true });
            }}
            options={BOXES.map((value) => ({ value, label: t(`notifications.boxes.${value}`) }))}
            aria-label={t("notifications.filter")}
          />
          <span>
            <Button size="small" loading={markAll.isPending} onClick={() => markAll.mutate(false)}>
              {t("notifications.markAllRead")}
            </Button>{" "}
            <Button size="small" onClick={() => markAll.mutate(true)}>
              {t("notifications.archiveAll")}
            </Button>
          </span>
        </div>
        {found.isPending ? <Skeleton active paragraph={{ rows: 6 }} title={false} /> : null}
        {found.isError ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isSuccess && items.length === 0 ? (
          <EmptyState title={t("notifications.none")} text={t("notifications.noneText")} />
        ) : null}
        <ul className="gx-told-list">
          {items.map((one, index) => (
            <NotificationRow
              key={one.id}
              notification={one}
              active={index === at}
              onOpen={() => open(one)}
              onRead={() => mark.mutate({ id: one.id, read: !one.read })}
              onArchive={() => mark.mutate({ id: one.id, archived: !one.archived, read: true })}
            />
          ))}
        </ul>
        {found.hasNextPage ? (
          <Button block loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {t("common.more")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

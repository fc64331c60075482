import { App } from "antd";
import { useEffect, useRef } from "react";
import type { Notification } from "@/engine/notifications/notification-model";
import { NotificationDetail, useSentence } from "@/engine/notifications/notification-text";
import { useOpenNotification } from "@/engine/notifications/use-notifications";

const SECONDS = 8;

/** Says what came in while one works. */
export function BellToast({ latest }: { latest: Notification }) {
  const { notification } = App.useApp();
  const sentence = useSentence();
  const open = useOpenNotification();
  const said = useRef("");
  useEffect(() => {
    const now = `${latest.id} ${latest.at}`;
    if (said.current === now) return;
    said.current = now;
    notification.info({
      key: latest.id,
      title: sentence(latest),
      description: <NotificationDetail notification={latest} />,
      placement: "bottomRight",
      duration: SECONDS,
      onClick: () => {
        notification.destroy(latest.id);
        open(latest);
      },
    });
  });
  return null;
}

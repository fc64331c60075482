import { BellOutlined } from "@ant-design/icons";
import { Badge, Button, Popover } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBrowserPush } from "@/engine/notifications/use-browser-push";
import { useIsTold, useUnread } from "@/engine/notifications/use-notifications";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

const Panel = lazyPart(async () => {
  const [{ BellPanel }] = await Promise.all([import("./bell-panel"), activateLateTexts()]);
  return { default: BellPanel };
});
const Toast = lazyPart(async () => {
  const [{ BellToast }] = await Promise.all([import("./bell-toast"), activateLateTexts()]);
  return { default: BellToast };
});

/** How many unread notifications there are; the list itself comes when it is asked for. */
export function Bell() {
  const { t } = useTranslation();
  const told = useIsTold();
  useBrowserPush(told);
  const unread = useUnread(told).data;
  const [open, setOpen] = useState(false);
  // What was there when the page opened is not news.
  const [begun, setBegun] = useState<string | null>(null);
  const latest = unread?.latest ?? null;
  if (unread && begun === null) setBegun(latest?.at ?? "");
  if (!told) return null;
  const count = unread?.count ?? 0;
  return (
    <>
      <Popover
        trigger="click"
        placement="bottomRight"
        open={open}
        onOpenChange={setOpen}
        // Something must stand there always: what is empty does not open.
        content={<Suspense fallback={null}>{open ? <Panel onClose={() => setOpen(false)} /> : null}</Suspense>}
      >
        <Button
          type="text"
          className="gx-bell"
          aria-label={t("shell.bell", { count })}
          icon={
            <Badge count={count} size="small" overflowCount={99} offset={[4, -2]}>
              <BellOutlined />
            </Badge>
          }
        />
      </Popover>
      {latest && begun !== null && latest.at > begun ? (
        <Suspense fallback={null}>
          <Toast latest={latest} />
        </Suspense>
      ) : null}
    </>
  );
}

import { CloudUploadOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OutboxItem } from "@/engine/outbox/store";
import { useOutbox, useOutboxSending } from "@/engine/outbox/use-outbox";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";
import { SideDrawer } from "@/ui/side-drawer";

/** Sends what was done without a network, and says how much of it still waits or was refused. */
export function OutboxSign() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { items } = useOutbox();
  useOutboxSending();
  if (items.length === 0) return null;
  const refused = items.filter((item) => item.refused !== undefined).length;
  const text =
    refused > 0 ? t("shell.outboxRefused", { count: refused }) : t("shell.outboxWaits", { count: items.length });
  return (
    <>
      <button
        type="button"
        className="gx-outbox-sign"
        data-refused={refused > 0 || undefined}
        onClick={() => setOpen(true)}
      >
        {refused > 0 ? <ExclamationCircleOutlined aria-hidden /> : <CloudUploadOutlined aria-hidden />}
        {text}
      </button>
      {open ? (
        <SideDrawer size={420} onClose={() => setOpen(false)} title={t("shell.outbox")}>
          <p className="gx-muted">{t("shell.outboxText")}</p>
          <ul className="gx-outbox">
            {items.map((item) => (
              <OutboxLine key={item.id} item={item} />
            ))}
          </ul>
        </SideDrawer>
      ) : null}
    </>
  );
}

function OutboxLine({ item }: { item: OutboxItem }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { outbox } = useOutbox();
  return (
    <li>
      <div>
        <strong>{item.label}</strong>{" "}
        <RecordLink object={item.object} id={item.record}>
          {item.title}
        </RecordLink>
      </div>
      <div className="gx-muted">{formats.dateTime(item.at)}</div>
      {item.refused === undefined ? (
        <div className="gx-muted">{t("shell.outboxWaiting")}</div>
      ) : (
        <>
          <div role="alert" className="gx-outbox-refusal">
            {item.refused}
          </div>
          <Button size="small" onClick={() => void outbox.retry(item.id).catch(() => undefined)}>
            {t("shell.outboxRetry")}
          </Button>{" "}
          <Button size="small" danger type="text" onClick={() => void outbox.drop(item.id).catch(() => undefined)}>
            {t("shell.outboxDrop")}
          </Button>
        </>
      )}
    </li>
  );
}

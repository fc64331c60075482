import { NotificationOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useToConfirm } from "@/engine/notifications/use-to-confirm";

/** Asks quietly to read what is to be confirmed, on every page until it is; may be put off until the app is opened again. */
export function NoticeBanner() {
  const { t } = useTranslation();
  const waiting = useToConfirm();
  const [later, setLater] = useState<ReadonlySet<string>>(new Set());
  const shown = waiting.filter((notice) => !later.has(notice.id));
  const first = shown[0];
  if (!first) return null;
  return (
    <section className="gx-notice-banner" aria-label={t("shell.toConfirm")}>
      <NotificationOutlined aria-hidden />
      <span>
        {t("shell.toConfirm")}
        <Link to="/r/$object/$id" params={{ object: "notice", id: first.id }}>
          {first.title}
        </Link>
        {shown.length > 1 ? (
          <span className="gx-muted">{t("shell.toConfirmMore", { n: shown.length - 1 })}</span>
        ) : null}
      </span>
      <Button
        type="text"
        size="small"
        onClick={() => setLater(new Set([...later, ...shown.map((notice) => notice.id)]))}
      >
        {t("shell.later")}
      </Button>
    </section>
  );
}

import { BellOutlined, QuestionCircleOutlined, SearchOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Tooltip } from "antd";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/engine/session";
import { lazyPart } from "@/ui/lazy-part";
import { UserMenu } from "./user-menu";

// What one is told may come a moment after what one came for.
const Bell = lazyPart(async () => ({ default: (await import("./bell")).Bell }));

interface HeaderBarProps {
  phone: boolean;
  onSearch: () => void;
  onHelp: () => void;
}

export function HeaderBar({ phone, onSearch, onHelp }: HeaderBarProps) {
  const { t } = useTranslation();
  const { workspace } = useMe();
  return (
    <header className="gx-header">
      <Link to="/home" className="gx-brand" title={workspace.name}>
        <img src="/favicon.svg" alt="" />
        <span>{workspace.name}</span>
      </Link>
      {phone ? null : (
        <button type="button" className="gx-search-entry" onClick={onSearch} aria-keyshortcuts="Control+K">
          <SearchOutlined />
          <span>{t("shell.searchPlaceholder")}</span>
          <kbd>Ctrl K</kbd>
        </button>
      )}
      {phone ? null : (
        <Tooltip title={t("shell.keyboardHelp")}>
          <Button type="text" icon={<QuestionCircleOutlined />} onClick={onHelp} aria-label={t("shell.keyboardHelp")} />
        </Tooltip>
      )}
      <Suspense fallback={<Button type="text" icon={<BellOutlined />} disabled aria-hidden />}>
        <Bell />
      </Suspense>
      <UserMenu />
    </header>
  );
}

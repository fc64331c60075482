import { LockOutlined } from "@ant-design/icons";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/engine/session";
import { EmptyState } from "@/ui/empty-state";
import { PageHeader } from "@/ui/page-header";
import "./settings.css";

interface SettingsFrameProps {
  title: string;
  subtitle?: ReactNode;
  icon?: ReactNode;
  actions?: ReactNode;
  /** As wide as the window: for a grid. */
  wide?: boolean;
  children: ReactNode;
}

/** A page of the settings: only administrators get past its head. */
export function SettingsFrame({ title, subtitle, icon, actions, wide, children }: SettingsFrameProps) {
  const { t } = useTranslation();
  const administrator = useMe().user.roles.includes("administrator");
  useEffect(() => {
    document.title = `${title} · ${t("common.product")}`;
  }, [title, t]);
  if (!administrator) {
    return <EmptyState icon={<LockOutlined />} title={t("settings.onlyAdministrators")} text={t("settings.askOne")} />;
  }
  return (
    <div className="gx-page gx-settings" data-wide={wide || undefined}>
      <PageHeader icon={icon} title={title} subtitle={subtitle} actions={actions} />
      {children}
    </div>
  );
}

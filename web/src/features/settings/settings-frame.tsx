import { LockOutlined } from "@ant-design/icons";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMeta } from "@/engine/meta";
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
  /** Auditors get past it too. */
  auditors?: boolean;
  /** Branch administrators get past it too, and see what is theirs. */
  branches?: boolean;
  children: ReactNode;
}

/** A page of the settings: only administrators get past its head, and where it says so auditors. */
export function SettingsFrame({
  title,
  subtitle,
  icon,
  actions,
  wide,
  auditors,
  branches,
  children,
}: SettingsFrameProps) {
  const { t } = useTranslation();
  const { administrator, auditor, branch_administrator: branch } = useMeta();
  useEffect(() => {
    document.title = `${title} · ${t("common.product")}`;
  }, [title, t]);
  if (!administrator && !(auditors && auditor) && !(branches && branch)) {
    const title = t(auditors ? "audit.onlyAuditors" : "settings.onlyAdministrators");
    return <EmptyState icon={<LockOutlined />} title={title} text={t("settings.askOne")} />;
  }
  return (
    <div className="gx-page gx-settings" data-wide={wide || undefined}>
      <PageHeader icon={icon} title={title} subtitle={subtitle} actions={actions} />
      {children}
    </div>
  );
}

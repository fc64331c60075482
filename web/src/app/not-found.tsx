import { CompassOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/ui/empty-state";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<CompassOutlined />}
      title={t("shell.notFoundTitle")}
      text={t("shell.notFoundText")}
      actions={<Link to="/home">{t("shell.goHome")}</Link>}
    />
  );
}

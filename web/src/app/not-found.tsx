import { CompassOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<CompassOutlined />}
      title={t("shell.notFoundTitle")}
      text={t("shell.notFoundText")}
      actions={<ButtonLink to="/home">{t("shell.goHome")}</ButtonLink>}
    />
  );
}

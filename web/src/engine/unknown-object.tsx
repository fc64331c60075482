import { StopOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";

/** In place of a page of an object that is not there, or not for the caller. */
export function UnknownObject() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<StopOutlined />}
      title={t("list.unknownObject")}
      actions={<ButtonLink to="/home">{t("shell.goHome")}</ButtonLink>}
    />
  );
}

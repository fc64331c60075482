import { useTranslation } from "react-i18next";
import { SessionList } from "@/engine/session-list";

export function SessionsPanel() {
  const { t } = useTranslation();
  return (
    <section className="gx-panel">
      <h2>{t("security.sessionsTitle")}</h2>
      <p>{t("security.sessionsText")}</p>
      <SessionList />
    </section>
  );
}

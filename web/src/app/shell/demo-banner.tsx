import { useTranslation } from "react-i18next";

export function DemoBanner() {
  const { t } = useTranslation();
  return (
    <div className="gx-demo" role="note">
      {t("shell.demoBanner")}
    </div>
  );
}

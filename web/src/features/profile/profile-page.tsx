import { useTranslation } from "react-i18next";
import { PageHeader } from "@/ui/page-header";
import { ApiKeysPanel } from "./api-keys-panel";
import { PasswordPanel } from "./password-panel";
import { PersonalPanel } from "./personal-panel";

export function ProfilePage() {
  const { t } = useTranslation();
  return (
    <div className="gx-page">
      <div className="gx-page-narrow">
        <PageHeader title={t("profile.title")} subtitle={t("profile.subtitle")} />
        <PersonalPanel />
        <PasswordPanel />
        <ApiKeysPanel />
      </div>
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SETTINGS_LINKS } from "./settings-links";
import { SideEntry } from "./side-entry";

interface SettingsNavigationProps {
  collapsed: boolean;
  onNavigate?: (() => void) | undefined;
}

/** The settings, for administrators only: nobody else waits for it. */
export function SettingsNavigation({ collapsed, onNavigate }: SettingsNavigationProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("shell.settings")}>
      <h2>{t("shell.settings")}</h2>
      <ul>
        {SETTINGS_LINKS.map(({ to, icon, text }) => (
          <SideEntry key={to} collapsed={collapsed} text={t(text)}>
            <Link to={to} className="gx-side-link" onClick={onNavigate} aria-label={t(text)}>
              {icon}
              {collapsed ? null : t(text)}
            </Link>
          </SideEntry>
        ))}
      </ul>
    </section>
  );
}

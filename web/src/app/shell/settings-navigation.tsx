import {
  ApartmentOutlined,
  ClockCircleOutlined,
  DeleteOutlined,
  LockOutlined,
  SafetyOutlined,
  SettingOutlined,
  ShareAltOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SideEntry } from "./side-entry";

const SETTINGS = [
  { to: "/settings/objects", icon: <SettingOutlined />, text: "shell.settingsObjects" },
  { to: "/settings/members", icon: <TeamOutlined />, text: "shell.settingsMembers" },
  { to: "/settings/sign-in", icon: <LockOutlined />, text: "shell.settingsSignIn" },
  { to: "/settings/departments", icon: <ApartmentOutlined />, text: "shell.settingsDepartments" },
  { to: "/settings/roles", icon: <SafetyOutlined />, text: "shell.settingsRoles" },
  { to: "/settings/sharing", icon: <ShareAltOutlined />, text: "shell.settingsSharing" },
  { to: "/settings/recycle-bin", icon: <DeleteOutlined />, text: "list.recycleBin" },
  { to: "/settings/jobs", icon: <ClockCircleOutlined />, text: "shell.settingsJobs" },
] as const;

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
        {SETTINGS.map(({ to, icon, text }) => (
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

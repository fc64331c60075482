import {
  ApartmentOutlined,
  ClockCircleOutlined,
  DeleteOutlined,
  HomeOutlined,
  LockOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  SafetyOutlined,
  SettingOutlined,
  ShareAltOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { findObject, useMeta } from "@/engine/meta";
import { useMe } from "@/engine/session";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";

function Entry({ collapsed, text, children }: { collapsed: boolean; text: string; children: ReactNode }) {
  return (
    <li>
      {collapsed ? (
        <Tooltip title={text} placement="right">
          {children}
        </Tooltip>
      ) : (
        children
      )}
    </li>
  );
}

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

interface SideNavigationProps {
  collapsed: boolean;
  /** Absent where it cannot be collapsed: in the phone's drawer. */
  onCollapse?: (collapsed: boolean) => void;
  onNavigate?: () => void;
}

/** What the caller may open, grouped by business app, as the server's navigation says. */
export function SideNavigation({ collapsed, onCollapse, onNavigate }: SideNavigationProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const me = useMe();
  const administrator = me.user.roles.includes("administrator");
  return (
    <nav className="gx-side" data-collapsed={collapsed || undefined} aria-label={t("shell.navigation")}>
      <ul>
        <Entry collapsed={collapsed} text={t("shell.home")}>
          <Link to="/home" className="gx-side-link" onClick={onNavigate} aria-label={t("shell.home")}>
            <HomeOutlined />
            {collapsed ? null : t("shell.home")}
          </Link>
        </Entry>
      </ul>
      {meta.navigation.map((group) => (
        <section key={group.app} aria-label={label(group.label)}>
          <h2>{label(group.label)}</h2>
          <ul>
            {group.objects.map((name) => {
              const object = findObject(meta, name);
              if (!object) return null;
              const text = label(object.plural) || label(object.label);
              return (
                <Entry key={name} collapsed={collapsed} text={text}>
                  <Link
                    to="/o/$object"
                    params={{ object: name }}
                    className="gx-side-link"
                    activeOptions={{ includeSearch: false }}
                    onClick={onNavigate}
                    aria-label={text}
                  >
                    <ObjectIcon icon={object.icon} />
                    {collapsed ? null : text}
                  </Link>
                </Entry>
              );
            })}
          </ul>
        </section>
      ))}
      {administrator ? (
        <section aria-label={t("shell.settings")}>
          <h2>{t("shell.settings")}</h2>
          <ul>
            {SETTINGS.map(({ to, icon, text }) => (
              <Entry key={to} collapsed={collapsed} text={t(text)}>
                <Link to={to} className="gx-side-link" onClick={onNavigate} aria-label={t(text)}>
                  {icon}
                  {collapsed ? null : t(text)}
                </Link>
              </Entry>
            ))}
          </ul>
        </section>
      ) : null}
      {onCollapse ? (
        <div className="gx-side-foot">
          <Button
            type="text"
            block
            icon={collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
            onClick={() => onCollapse(!collapsed)}
            aria-label={collapsed ? t("shell.expand") : t("shell.collapse")}
          />
        </div>
      ) : null}
    </nav>
  );
}

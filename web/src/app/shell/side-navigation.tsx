import { CheckSquareOutlined, HomeOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { ObjectIcon } from "@/ui/object-icon";
import { areaPages } from "./area-pages";
import { SideEntry } from "./side-entry";

/** Most people have no settings: the others get them right after. */
const SettingsNavigation = lazyPart(async () => ({
  default: (await import("./settings-navigation")).SettingsNavigation,
}));

/** What leads elsewhere is not what the first screen waits for. */
const OutsideNavigation = lazyPart(async () => ({
  default: (await import("./outside-navigation")).OutsideNavigation,
}));

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
  return (
    <nav className="gx-side" data-collapsed={collapsed || undefined} aria-label={t("shell.navigation")}>
      <ul>
        <SideEntry collapsed={collapsed} text={t("shell.home")}>
          <Link to="/home" className="gx-side-link" onClick={onNavigate} aria-label={t("shell.home")}>
            <HomeOutlined />
            {collapsed ? null : t("shell.home")}
          </Link>
        </SideEntry>
        <SideEntry collapsed={collapsed} text={t("shell.myWork")}>
          <Link
            to="/my-work"
            className="gx-side-link"
            activeOptions={{ includeSearch: false }}
            onClick={onNavigate}
            aria-label={t("shell.myWork")}
          >
            <CheckSquareOutlined />
            {collapsed ? null : t("shell.myWork")}
          </Link>
        </SideEntry>
      </ul>
      {meta.navigation.map((group) => (
        <section key={group.app} aria-label={label(group.label)}>
          <h2>
            {collapsed ? (
              label(group.label)
            ) : (
              <Link
                to="/area/$app"
                params={{ app: group.app }}
                onClick={onNavigate}
                aria-label={t("shell.areaPage", { area: label(group.label) })}
              >
                {label(group.label)}
              </Link>
            )}
          </h2>
          <ul>
            {group.objects.map((name) => {
              const object = findObject(meta, name);
              if (!object) return null;
              const text = label(object.plural) || label(object.label);
              return (
                <SideEntry key={name} collapsed={collapsed} text={text}>
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
                </SideEntry>
              );
            })}
            {areaPages(meta, group.app).map((page) => (
              <SideEntry key={page.to} collapsed={collapsed} text={t(page.text)}>
                <Link
                  to={page.to}
                  className="gx-side-link"
                  activeOptions={{ includeSearch: false }}
                  onClick={onNavigate}
                  aria-label={t(page.text)}
                >
                  <ObjectIcon icon={page.icon} />
                  {collapsed ? null : t(page.text)}
                </Link>
              </SideEntry>
            ))}
          </ul>
        </section>
      ))}
      {findObject(meta, "navigation_link") ? (
        <Suspense fallback={null}>
          <OutsideNavigation collapsed={collapsed} onNavigate={onNavigate} />
        </Suspense>
      ) : null}
      {meta.administrator || meta.auditor || meta.branch_administrator ? (
        <Suspense fallback={null}>
          <SettingsNavigation collapsed={collapsed} onNavigate={onNavigate} />
        </Suspense>
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

import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { settingsLinks, settingsLists } from "./settings-links";
import { SideEntry } from "./side-entry";

interface SettingsNavigationProps {
  collapsed: boolean;
  onNavigate?: (() => void) | undefined;
}

/** The settings the caller may open. Only administrators and auditors wait for it. */
export function SettingsNavigation({ collapsed, onNavigate }: SettingsNavigationProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const label = useLabel();
  const section = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // The list is longer than many screens: where one is must be seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page alone decides
  useEffect(() => {
    section.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }, [pathname]);
  return (
    <section ref={section} aria-label={t("shell.settings")}>
      <h2>{t("shell.settings")}</h2>
      <ul>
        {settingsLinks(meta).map(({ to, icon, text }) => (
          <SideEntry key={to} collapsed={collapsed} text={t(text)}>
            <Link to={to} className="gx-side-link" onClick={onNavigate} aria-label={t(text)}>
              {icon}
              {collapsed ? null : t(text)}
            </Link>
          </SideEntry>
        ))}
        {settingsLists(meta).map((object) => (
          <SideEntry key={object.name} collapsed={collapsed} text={label(object.plural)}>
            <Link
              to="/o/$object"
              params={{ object: object.name }}
              className="gx-side-link"
              onClick={onNavigate}
              aria-label={label(object.plural)}
            >
              <ObjectIcon icon={object.icon} />
              {collapsed ? null : label(object.plural)}
            </Link>
          </SideEntry>
        ))}
      </ul>
    </section>
  );
}

import { ExportOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { ObjectIcon } from "@/ui/object-icon";
import { useOutsideLinks } from "./outside-links";
import { SideEntry } from "./side-entry";

interface OutsideNavigationProps {
  collapsed: boolean;
  onNavigate?: (() => void) | undefined;
}

/** Links to other systems, below one's own areas of work. */
export function OutsideNavigation({ collapsed, onNavigate }: OutsideNavigationProps) {
  const { t } = useTranslation();
  const links = useOutsideLinks();
  if (links.length === 0) return null;
  return (
    <section aria-label={t("shell.otherSystems")}>
      <h2>{t("shell.otherSystems")}</h2>
      <ul>
        {links.map(({ id, name, url, icon, newTab }) => {
          const said = newTab ? t("shell.opensNewTab", { name }) : name;
          return (
            <SideEntry key={id} collapsed={collapsed} text={name}>
              <a
                href={url}
                className="gx-side-link"
                {...(newTab ? { target: "_blank" } : {})}
                rel="noopener noreferrer"
                aria-label={said}
                title={collapsed ? undefined : url}
                onClick={onNavigate}
              >
                <ObjectIcon icon={icon} />
                {collapsed ? null : (
                  <>
                    <span className="gx-side-name">{name}</span>
                    {newTab ? <ExportOutlined className="gx-side-outside" aria-hidden /> : null}
                  </>
                )}
              </a>
            </SideEntry>
          );
        })}
      </ul>
    </section>
  );
}

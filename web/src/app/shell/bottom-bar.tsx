import { HomeOutlined, MenuOutlined, SearchOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { SideNavigation } from "./side-navigation";

/** The phone's navigation: the first object of the first two apps, search, and the rest in a drawer, all in reach of a thumb. */
export function BottomBar({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [menu, setMenu] = useState(false);
  const first = meta.navigation
    .flatMap((group) => group.objects.slice(0, 1))
    .map((name) => findObject(meta, name))
    .filter((object) => object !== null)
    .slice(0, 2);
  return (
    <nav className="gx-bottom" aria-label={t("shell.navigation")}>
      <Link to="/home">
        <HomeOutlined />
        {t("shell.home")}
      </Link>
      {first.map((object) => (
        <Link
          key={object.name}
          to="/o/$object"
          params={{ object: object.name }}
          activeOptions={{ includeSearch: false }}
        >
          <ObjectIcon icon={object.icon} />
          {label(object.plural)}
        </Link>
      ))}
      <button type="button" onClick={onSearch}>
        <SearchOutlined />
        {t("common.search")}
      </button>
      <button type="button" onClick={() => setMenu(true)} aria-expanded={menu}>
        <MenuOutlined />
        {t("shell.menu")}
      </button>
      <Drawer
        open={menu}
        onClose={() => setMenu(false)}
        placement="bottom"
        size="75%"
        title={t("shell.menu")}
        className="gx-drawer-nav"
      >
        <SideNavigation collapsed={false} onNavigate={() => setMenu(false)} />
      </Drawer>
    </nav>
  );
}

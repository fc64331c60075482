import { DownOutlined, PlusOutlined } from "@ant-design/icons";
import { useParams } from "@tanstack/react-router";
import { Button, Dropdown, Space } from "antd";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNewRecord } from "@/engine/form/new-record";
import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { ObjectIcon } from "@/ui/object-icon";
import { AreaCard } from "./area-card";
import { type Area, areaOf } from "./area-model";
import { RecentsCard } from "./recents-card";
import { ShortcutsCard } from "./shortcuts-card";
import "./home.css";
import "./area.css";

/** `/area/{app}`: everything of one area of work: its lists, what is open, what was opened last, shortcuts. */
export function AreaPage() {
  const { t } = useTranslation();
  const label = useLabel();
  const { app } = useParams({ from: "/shell/area/$app" });
  const area = areaOf(useMeta(), app);
  const title = area ? label(area.label) : "";
  useEffect(() => {
    document.title = [title, t("common.product")].filter(Boolean).join(" · ");
  }, [title, t]);
  if (!area || area.objects.length === 0) {
    return (
      <EmptyState
        title={t("area.unknown")}
        text={t("area.unknownText")}
        actions={<ButtonLink to="/home">{t("shell.home")}</ButtonLink>}
      />
    );
  }
  const names = area.objects.map((object) => object.name);
  return (
    <div className="gx-page gx-home" key={area.app}>
      <header className="gx-home-header">
        <div>
          <h1>{title}</h1>
          <p>{t("area.text")}</p>
        </div>
        <NewOfArea area={area} />
      </header>
      <div className="gx-area-cards">
        {area.objects.map((object) => (
          <AreaCard key={object.name} object={object} />
        ))}
        <RecentsCard objects={names} />
        <Suspense>
          <ShortcutsCard />
        </Suspense>
      </div>
    </div>
  );
}

/** What can be made in the area. */
function NewOfArea({ area }: { area: Area }) {
  const { t } = useTranslation();
  const label = useLabel();
  const begin = useNewRecord();
  const creatable = area.objects.filter((object) => object.access.create);
  if (creatable.length === 0) return null;
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: creatable.map((object) => ({
          key: object.name,
          icon: <ObjectIcon icon={object.icon} />,
          label: t("shell.newRecord", { object: label(object.label) }),
          onClick: () => begin(object),
        })),
      }}
    >
      <Button type="primary" icon={<PlusOutlined />}>
        <Space size={6}>
          {t("common.create")}
          <DownOutlined />
        </Space>
      </Button>
    </Dropdown>
  );
}

import { DownOutlined, ImportOutlined, PhoneOutlined, PlusOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown, Space } from "antd";
import type { ItemType } from "antd/es/menu/interface";
import { useTranslation } from "react-i18next";
import { useRecordForms } from "@/engine/form/create-record";
import { useNewRecord } from "@/engine/form/new-record";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";

const CREATE = ["account", "contact", "lead", "opportunity"];
const IMPORT = ["account", "contact", "lead"];

/** What is done most, one click away. */
export function QuickActions() {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const navigate = useNavigate();
  const forms = useRecordForms();
  const beginNew = useNewRecord();
  const { message } = App.useApp();
  const objects = (names: string[]) => names.map((name) => findObject(meta, name)).filter((object) => object !== null);
  const creatable = objects(CREATE).filter((object) => object.access.create);
  const importable = objects(IMPORT).filter((object) => object.access.import);
  const activity = findObject(meta, "activity");
  const kinds = activity ? (findField(activity, "kind")?.options ?? []) : [];
  const canLog = activity?.access.create === true && kinds.some((option) => option.value === "call");
  const items: ItemType[] = creatable.map((object) => ({
    key: object.name,
    icon: <ObjectIcon icon={object.icon} />,
    label: t("shell.newRecord", { object: label(object.label) }),
    onClick: () => beginNew(object),
  }));
  if (importable.length > 0) {
    items.push({ type: "divider" });
    for (const object of importable) {
      items.push({
        key: `import:${object.name}`,
        icon: <ImportOutlined />,
        label: t("home.import", { object: label(object.plural) }),
        onClick: () => void navigate({ to: "/import/$object", params: { object: object.name } }),
      });
    }
  }
  return (
    <div className="gx-home-actions">
      {canLog ? (
        <Button
          icon={<PhoneOutlined />}
          onClick={() =>
            forms.create(
              "activity",
              { kind: "call", status: "done", direction: "outgoing" },
              () => void message.success(t("home.logged")),
            )
          }
        >
          {t("home.logCall")}
        </Button>
      ) : null}
      {items.length > 0 ? (
        <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
          <Button type="primary" icon={<PlusOutlined />}>
            <Space size={6}>
              {t("common.create")}
              <DownOutlined />
            </Space>
          </Button>
        </Dropdown>
      ) : null}
    </div>
  );
}

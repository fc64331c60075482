import {
  CopyOutlined,
  DeleteOutlined,
  DownloadOutlined,
  EllipsisOutlined,
  FileDoneOutlined,
  ImportOutlined,
} from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import type { ItemType } from "antd/es/menu/interface";
import { useTranslation } from "react-i18next";
import { hasDuplicates, mayMerge } from "@/api/may-merge";
import type { ObjectMeta } from "@/api/types";
import type { GridColumn } from "./columns";
import type { ExportFormat } from "./export-flow";
import { useExport } from "./use-export";
import type { ListViewState } from "./use-list-view";

interface MoreMenuProps {
  object: ObjectMeta;
  state: ListViewState;
  columns: GridColumn[];
}

export function MoreMenu({ object, state, columns }: MoreMenuProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { config, q } = state;
  const exportRecords = useExport(object, columns);
  const download = (format: ExportFormat) => () =>
    void exportRecords({ filter: config.filter, q: q || undefined, sort: config.sort, format });
  const items: ItemType[] = [];
  if (object.access.import) {
    items.push({
      key: "import",
      icon: <ImportOutlined />,
      label: t("list.import"),
      onClick: () => void navigate({ to: "/import/$object", params: { object: object.name } }),
    });
  }
  if (hasDuplicates(object) && mayMerge(object)) {
    items.push({
      key: "duplicates",
      icon: <CopyOutlined />,
      label: t("list.duplicates"),
      onClick: () => void navigate({ to: "/duplicates/$object", params: { object: object.name } }),
    });
  }
  if (object.access.export) {
    const formats = [
      ["csv", t("list.exportCsv")],
      ["xlsx", t("list.exportXlsx")],
      ["json", t("list.exportJson")],
    ] as const;
    for (const [format, label] of formats) {
      items.push({ key: format, icon: <DownloadOutlined />, label, onClick: download(format) });
    }
    items.push({
      key: "exports",
      icon: <FileDoneOutlined />,
      label: t("list.myExports"),
      onClick: () => void navigate({ to: "/profile/exports" }),
    });
  }
  if (object.access.restore) {
    items.push({ type: "divider" });
    items.push({
      key: "bin",
      icon: <DeleteOutlined />,
      label: state.inBin ? t("list.leaveBin") : t("list.recycleBin"),
      onClick: () => state.change({ deleted: state.inBin ? undefined : "only" }),
    });
  }
  if (items.length === 0) return null;
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
      <Button icon={<EllipsisOutlined />} aria-label={t("common.more")} />
    </Dropdown>
  );
}

import { CopyOutlined, DeleteOutlined, DownloadOutlined, EllipsisOutlined, ImportOutlined } from "@ant-design/icons";
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
    void exportRecords({ filter: config.filter, sort: config.sort, format });
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
  // A search by words cannot be exported: better no file than one with more in it than the screen shows.
  const bySearch = q === "" ? {} : { disabled: true, title: t("list.exportNoSearch") };
  if (object.access.export) {
    items.push(
      {
        key: "csv",
        icon: <DownloadOutlined />,
        label: t("list.exportCsv"),
        ...bySearch,
        onClick: download("csv"),
      },
      {
        key: "xlsx",
        icon: <DownloadOutlined />,
        label: t("list.exportXlsx"),
        ...bySearch,
        onClick: download("xlsx"),
      },
    );
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

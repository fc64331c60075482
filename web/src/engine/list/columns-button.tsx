import { TableOutlined } from "@ant-design/icons";
import { Button, Popover, Tooltip } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { lazyPart } from "@/ui/lazy-part";
import type { ListViewState } from "./use-list-view";

const ColumnsPanel = lazyPart(async () => ({ default: (await import("./columns-panel")).ColumnsPanel }));

export function ColumnsButton({ object, state }: { object: ObjectMeta; state: ListViewState }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      content={
        <Suspense fallback={<div className="gx-columns-panel" />}>
          <ColumnsPanel object={object} state={state} />
        </Suspense>
      }
    >
      <Tooltip title={open ? "" : t("list.columns")}>
        <Button type="text" icon={<TableOutlined />} aria-label={t("list.columns")} />
      </Tooltip>
    </Popover>
  );
}

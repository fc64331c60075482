import {
  CloseOutlined,
  DeleteOutlined,
  DownloadOutlined,
  EditOutlined,
  MergeCellsOutlined,
  RollbackOutlined,
  TagsOutlined,
  ThunderboltOutlined,
  UserSwitchOutlined,
} from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Tooltip } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { mayMerge } from "@/api/may-merge";
import { MOST_MERGED } from "@/api/merge";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { anySelectionScreens, selectionScreens } from "../slots";
import type { BulkKind } from "./bulk-dialog";
import { type GridColumn, isEditable } from "./columns";
import { useBulk } from "./use-bulk";
import { useEverything } from "./use-everything";
import { useExport } from "./use-export";
import type { ListViewState } from "./use-list-view";
import type { Selection } from "./use-selection";

const BulkDialog = lazyPart(async () => ({ default: (await import("./bulk-dialog")).BulkDialog }));
const SelectionActions = lazyPart(async () => {
  const [part] = await Promise.all([import("./actions/selection-actions"), activateLateTexts()]);
  return { default: part.SelectionActions };
});

interface SelectionBarProps {
  object: ObjectMeta;
  state: ListViewState;
  columns: GridColumn[];
  selection: Selection;
  more: boolean;
}

/** What can be done with the ticked rows; floats over the end of the list. */
export function SelectionBar({ object, state, columns, selection, more }: SelectionBarProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const navigate = useNavigate();
  const { modal } = App.useApp();
  const everything = useEverything(object, state, selection);
  const bulk = useBulk(object, state, selection, everything?.records ?? null);
  const [dialog, setDialog] = useState<BulkKind | null>(null);
  const { access } = object;
  const tags = object.fields.find((field) => field.type === "tags");
  const owner = object.fields.find((field) => field.name === "owner" && isEditable(field));
  const counting = selection.everything && !everything;
  const n = formats.number(everything?.records ?? selection.ids.size);
  const most = everything && everything.records > everything.most ? formats.number(everything.most) : null;
  // Why nothing can be changed: too many at once. While they are counted nothing can be either.
  const tooMany = most ? t("list.bulkMost", { n, most }) : undefined;
  const noBulk = counting || most !== null;
  const offersActions =
    object.actions.some((action) => action.on === "record") ||
    selectionScreens.has(object.name) ||
    (anySelectionScreens.length > 0 && access.bulk);
  const offersEverything = selection.all && more && !selection.everything && !state.inBin && access.bulk;

  const manyToMerge = selection.ids.size > MOST_MERGED;
  const merge = () =>
    void navigate({
      to: "/merge/$object",
      params: { object: object.name },
      search: { ids: [...selection.ids].join(",") },
    });

  const askDelete = () =>
    modal.confirm({
      title: t("list.deleteConfirm", { n }),
      content: t("list.deleteText"),
      okText: t("common.delete"),
      okButtonProps: { danger: true },
      onOk: () => bulk.run({ delete: true }),
    });
  const exportRecords = useExport(object, columns);
  const download = () =>
    void exportRecords({
      ...(selection.everything
        ? { filter: state.config.filter, q: state.q || undefined }
        : { ids: [...selection.ids] }),
      sort: state.config.sort,
      format: "xlsx",
    });
  return (
    <div className="gx-selection" role="toolbar" aria-label={t("list.selected", { n })}>
      <span className="gx-selection-count gx-numeric" aria-live="polite">
        {counting
          ? t("list.selectedCounting")
          : selection.everything
            ? t("list.selectedAll", { n })
            : t("list.selected", { n })}
      </span>
      {offersEverything ? (
        <Button type="link" size="small" onClick={selection.selectEverything}>
          {t("list.selectAllMatching")}
        </Button>
      ) : null}
      {tooMany ? <span className="gx-selection-most">{tooMany}</span> : null}
      {state.inBin ? (
        <Button
          icon={<RollbackOutlined />}
          disabled={!access.restore}
          loading={bulk.pending}
          onClick={() => void bulk.run({ restore: true })}
        >
          {t("list.restore")}
        </Button>
      ) : (
        <>
          {offersActions ? (
            <Suspense
              fallback={
                <Button type="text" icon={<ThunderboltOutlined />} disabled>
                  {t("record.actions")}
                </Button>
              }
            >
              <SelectionActions object={object} state={state} selection={selection} />
            </Suspense>
          ) : null}
          {access.bulk && access.update ? (
            <Button type="text" icon={<EditOutlined />} disabled={noBulk} onClick={() => setDialog("edit")}>
              {t("list.bulkEdit")}
            </Button>
          ) : null}
          {access.bulk && access.update && owner ? (
            <Button type="text" icon={<UserSwitchOutlined />} disabled={noBulk} onClick={() => setDialog("assign")}>
              {t("list.assign")}
            </Button>
          ) : null}
          {access.bulk && access.update && tags ? (
            <Button type="text" icon={<TagsOutlined />} disabled={noBulk} onClick={() => setDialog("tags")}>
              {t("list.tags")}
            </Button>
          ) : null}
          {mayMerge(object) && selection.ids.size > 1 && !selection.everything ? (
            <Tooltip title={manyToMerge ? t("list.mergeMost", { n: MOST_MERGED }) : null}>
              <Button type="text" icon={<MergeCellsOutlined />} disabled={manyToMerge} onClick={merge}>
                {t("list.merge")}
              </Button>
            </Tooltip>
          ) : null}
          {access.export ? (
            <Button type="text" icon={<DownloadOutlined />} onClick={download}>
              {t("list.export")}
            </Button>
          ) : null}
          {access.bulk && access.delete ? (
            <Button type="text" danger icon={<DeleteOutlined />} disabled={noBulk} onClick={askDelete}>
              {t("common.delete")}
            </Button>
          ) : null}
        </>
      )}
      <Button type="text" icon={<CloseOutlined />} onClick={selection.clear} aria-label={t("list.clearSelection")} />
      {dialog ? (
        <Suspense fallback={null}>
          <BulkDialog
            kind={dialog}
            object={object}
            title={
              dialog === "assign"
                ? t("list.assign")
                : dialog === "tags"
                  ? t("list.tags")
                  : t("list.bulkEditTitle", { n })
            }
            bulk={bulk}
            onClose={() => setDialog(null)}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

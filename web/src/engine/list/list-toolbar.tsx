import { CheckSquareOutlined, ReloadOutlined } from "@ant-design/icons";
import { Button, Tag, Tooltip } from "antd";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Count, ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { FilterButton } from "../filter/filter-button";
import { ColumnsButton } from "./columns-button";
import { QuickSearch } from "./quick-search";
import type { ListViewState } from "./use-list-view";

interface ListToolbarProps {
  object: ObjectMeta;
  state: ListViewState;
  count: Count | null;
  searchRef: RefObject<HTMLInputElement | null>;
  filterOpen: boolean;
  onFilterOpen: (open: boolean) => void;
  phone: boolean;
  selecting: boolean;
  onSelecting: (selecting: boolean) => void;
  onRefresh: () => void;
  refreshing: boolean;
}

export function ListToolbar(props: ListToolbarProps) {
  const { object, state, count, phone } = props;
  const { t } = useTranslation();
  const formats = useFormats();
  const number = count ? formats.number(count.value) : "";
  return (
    <div className="gx-toolbar">
      <QuickSearch object={object} state={state} inputRef={props.searchRef} />
      <FilterButton
        object={object}
        expression={state.config.filter}
        onChange={state.setFilter}
        open={props.filterOpen}
        onOpen={props.onFilterOpen}
        phone={phone}
      />
      {state.inBin ? (
        <Tag color="warning" closable onClose={() => state.change({ deleted: undefined })}>
          {t("list.recycleBin")}
        </Tag>
      ) : null}
      <span className="gx-toolbar-count gx-numeric" aria-live="polite">
        {count && (count.exact || count.value > 0)
          ? t(count.exact ? "list.count" : "list.countMore", { n: number })
          : ""}
      </span>
      {phone ? (
        <Button
          type={props.selecting ? "primary" : "text"}
          icon={<CheckSquareOutlined />}
          onClick={() => props.onSelecting(!props.selecting)}
          aria-label={t("list.selectMode")}
          aria-pressed={props.selecting}
        />
      ) : (
        <>
          <Tooltip title={t("list.refresh")}>
            <Button
              type="text"
              icon={<ReloadOutlined spin={props.refreshing} />}
              onClick={props.onRefresh}
              aria-label={t("list.refresh")}
            />
          </Tooltip>
          <ColumnsButton object={object} state={state} />
        </>
      )}
    </div>
  );
}

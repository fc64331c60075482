import { CheckSquareOutlined, ReloadOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, Input, type InputRef, Tag, Tooltip } from "antd";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Count, ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { FilterButton } from "../filter/filter-button";
import { ColumnsButton } from "./columns-button";
import type { ListViewState } from "./use-list-view";

interface ListToolbarProps {
  object: ObjectMeta;
  state: ListViewState;
  count: Count | null;
  searchRef: RefObject<InputRef | null>;
  filterOpen: boolean;
  onFilterOpen: (open: boolean) => void;
  phone: boolean;
  selecting: boolean;
  onSelecting: (selecting: boolean) => void;
  onRefresh: () => void;
  refreshing: boolean;
}

const REST_MS = 250;

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
        {count ? t(count.exact ? "list.count" : "list.countMore", { n: number }) : ""}
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

/** Follows the typing after a short rest; nothing is searched while an input method is still composing. */
function QuickSearch({
  object,
  state,
  inputRef,
}: {
  object: ObjectMeta;
  state: ListViewState;
  inputRef: RefObject<InputRef | null>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { q, change } = state;
  const [text, setText] = useState(q);
  const [composing, setComposing] = useState(false);
  // A change from outside (another view, the back button) shows in the box too.
  const [known, setKnown] = useState(q);
  if (known !== q) {
    setKnown(q);
    setText(q);
  }
  useEffect(() => {
    if (composing || text.trim() === q) return;
    const timer = setTimeout(() => change({ q: text.trim() || undefined }), REST_MS);
    return () => clearTimeout(timer);
  }, [text, q, composing, change]);
  return (
    <Input
      ref={inputRef}
      className="gx-quick-search"
      prefix={<SearchOutlined />}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
      placeholder={t("list.searchIn", { object: label(object.plural) })}
      aria-label={t("list.searchIn", { object: label(object.plural) })}
      allowClear
    />
  );
}

import { DownOutlined, SearchOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Dropdown, Input } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { FilterButton } from "../filter/filter-button";
import { findField } from "../meta";
import { PresentMembers } from "../presence/present-members";
import { QuickFilters } from "./quick-filters";
import { type BoardView, isMine, toggleMine } from "./use-board-view";

const SEARCH_AFTER_MS = 250;

interface BoardToolbarProps {
  object: ObjectMeta;
  view: BoardView;
  total: number | null;
  phone: boolean;
}

/** What the board shows: a view, mine or all, a filter, a search. */
export function BoardToolbar({ object, view, total, phone }: BoardToolbarProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const [filterOpen, setFilterOpen] = useState(false);
  const { change, q } = view;
  const [typed, setTyped] = useState(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const search = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change({ q: text.trim() || undefined }), SEARCH_AFTER_MS);
  };
  const owned = findField(object, "owner") !== null;
  return (
    <div className="gx-board-toolbar" role="toolbar" aria-label={t("list.viewBoard")}>
      <Dropdown
        trigger={["click"]}
        menu={{
          selectedKeys: [view.view?.key ?? ""],
          items: [
            { key: "", label: t("board.everything", { object: label(object.plural) }) },
            ...view.views.map((one) => ({ key: one.key, label: one.name })),
          ],
          onClick: ({ key }) => change({ view: key || undefined, filter: undefined }),
        }}
      >
        <Button>
          <span className="gx-ellipsis">
            {view.view?.name ?? t("board.everything", { object: label(object.plural) })}
          </span>
          <DownOutlined />
        </Button>
      </Dropdown>
      {owned ? (
        <Button
          icon={<UserOutlined />}
          type={isMine(view.filter) ? "primary" : "default"}
          ghost={isMine(view.filter)}
          aria-pressed={isMine(view.filter)}
          aria-label={t("board.mine")}
          onClick={() => view.setFilter(toggleMine(view.filter))}
        >
          {phone ? null : t("board.mine")}
        </Button>
      ) : null}
      <QuickFilters view={view} phone={phone} />
      <FilterButton
        object={object}
        expression={view.filter}
        onChange={view.setFilter}
        open={filterOpen}
        onOpen={setFilterOpen}
        phone={phone}
      />
      <Input
        className="gx-board-search"
        prefix={<SearchOutlined />}
        allowClear
        value={typed}
        onChange={(event) => search(event.target.value)}
        placeholder={t("list.searchIn", { object: label(object.plural) })}
        aria-label={t("list.searchIn", { object: label(object.plural) })}
      />
      {total === null || phone ? null : (
        <span className="gx-muted gx-numeric gx-board-total">{t("list.count", { n: total })}</span>
      )}
      <PresentMembers object={object} id={null} />
    </div>
  );
}

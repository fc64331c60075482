import { PauseCircleOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ListViewMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { quote } from "../filter/expression-tree";
import { useRecordList } from "../records";
import { useBoardHints } from "./board-context";
import { chosenOf, hasPart, withPart } from "./quick-parts";
import type { BoardView } from "./use-board-view";

/** One press each: which pipeline (or whatever the columns' settings are by), what does not move on, what has no next step. */
export function QuickFilters({ view, phone }: { view: BoardView; phone: boolean }) {
  const { t } = useTranslation();
  const { settings, stalled, unplanned } = useBoardHints();
  return (
    <>
      {settings ? <SharedChoice view={view} field={settings.of.name} target={settings.of.target ?? ""} /> : null}
      <ListButton view={view} list={stalled} icon={<PauseCircleOutlined />} text={phone ? null : t("board.stalled")} />
      <ListButton
        view={view}
        list={unplanned}
        icon={<QuestionCircleOutlined />}
        text={phone ? null : t("board.unplanned")}
      />
    </>
  );
}

interface ListButtonProps {
  view: BoardView;
  list: ListViewMeta | null;
  icon: ReactNode;
  text: string | null;
}

/** Narrows the board to what is in a list of the object; not there where the board is that list. */
function ListButton({ view, list, icon, text }: ListButtonProps) {
  const label = useLabel();
  if (!list?.filter || view.view?.key === list.name) return null;
  const part = `(${list.filter})`;
  const on = hasPart(view.filter, part);
  return (
    <Button
      icon={icon}
      type={on ? "primary" : "default"}
      ghost={on}
      aria-pressed={on}
      aria-label={label(list.label)}
      onClick={() => view.setFilter(withPart(view.filter, on ? null : part, (one) => one === part))}
    >
      {text}
    </Button>
  );
}

/** The records that the columns' settings are by, as one choice; nothing to choose where there is one. */
function SharedChoice({ view, field, target }: { view: BoardView; field: string; target: string }) {
  const label = useLabel();
  const { t } = useTranslation();
  const { settings } = useBoardHints();
  const list = useRecordList(target, { fields: "name", limit: 50 }, { enabled: target !== "" });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length < 2 || !settings) return null;
  const name = label(settings.of.label);
  return (
    <Select<string>
      allowClear
      className="gx-board-quick"
      value={chosenOf(view.filter, field)}
      placeholder={t("board.every", { field: name })}
      popupMatchSelectWidth={false}
      options={items.map((item) => ({ value: item.id, label: String(item.name ?? "") }))}
      onChange={(id) => {
        const start = `${field} == `;
        view.setFilter(withPart(view.filter, id ? `${start}${quote(id)}` : null, (one) => one.startsWith(start)));
      }}
      aria-label={name}
    />
  );
}

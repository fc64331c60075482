import { EllipsisOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Dropdown } from "antd";
import type { ItemType } from "antd/es/menu/interface";
import { type ComponentProps, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useRecordRights } from "../record/use-record-rights";
import { useBoardHints } from "./board-context";
import type { BoardColumn } from "./columns";
import { mayGo, useStepLimits } from "./step-limits";
import type { CardMove } from "./use-board-move";
import { isUsedBy, useStepSets } from "./used-steps";

export interface CardMenuProps {
  object: ObjectMeta;
  record: RecordData;
  title: string;
  column: BoardColumn;
  columns: BoardColumn[];
  move: CardMove;
}

/** The button of a card's menu. The menu is made when it is first asked for: a board has more cards than are ever opened. */
export function CardMenu(props: CardMenuProps) {
  const [asked, setAsked] = useState(false);
  return asked ? <OpenedMenu {...props} /> : <MenuButton title={props.title} onClick={() => setAsked(true)} />;
}

function MenuButton({ title, ...button }: { title: string } & ComponentProps<"button">) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-haspopup="menu"
      {...button}
      title={undefined}
      className="gx-card-menu"
      aria-label={t("board.cardMenu", { card: title })}
      onMouseDown={(event) => {
        button.onMouseDown?.(event);
        event.stopPropagation();
      }}
      onTouchStart={(event) => event.stopPropagation()}
    >
      <EllipsisOutlined />
    </button>
  );
}

function OpenedMenu({ object, record, title, column, columns, move }: CardMenuProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const [open, setOpen] = useState(true);
  const { update } = useRecordRights(object, record);
  const { settings, steps, choices } = useBoardHints();
  const sets = useStepSets(steps);
  const limits = useStepLimits(settings, record);
  const isOpen = (to: string | null) =>
    to !== null && isUsedBy(steps, sets, record, to) && mayGo(choices, limits, String(column.key), to);
  const goto = (search: { edit?: string }) =>
    void navigate({ to: "/r/$object/$id", params: { object: object.name, id: record.id }, search });
  // What he may not do with this card stays in its place: nothing moves under the pointer when the answer comes.
  const items: ItemType[] = [{ key: "open", label: t("board.open"), onClick: () => goto({}) }];
  if (object.access.update) {
    items.push({ key: "edit", label: t("common.edit"), disabled: !update, onClick: () => goto({ edit: "1" }) });
  }
  if (move.canMove) {
    items.push({
      key: "move",
      type: "group",
      label: t("board.moveTo"),
      children: columns
        .filter((other) => other.key !== column.key && !other.retired)
        .map((other) => ({
          key: `to:${other.key}`,
          label: label(other.label),
          disabled: !update || !isOpen(other.key),
          onClick: () => move.move(record, column, other),
        })),
    });
  }
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight" open={open} onOpenChange={setOpen}>
      {/* The button that was pressed is this one now: it keeps the focus. */}
      <MenuButton title={title} autoFocus aria-expanded={open} />
    </Dropdown>
  );
}

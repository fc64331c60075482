import { Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoardDefinition, StoredObject } from "@/api/schema";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ChangeDrawer } from "./change-drawer";
import { withViews } from "./object-draft";
import { PathList } from "./path-list";
import { SortSelect } from "./sort-select";

const SUMMABLE = new Set(["number", "decimal", "money", "percent", "duration"]);

/** The board: its columns, what a card shows, and what is summed above a column. */
export function BoardDrawer({ object, onClose }: { object: StoredObject; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const fields = findObject(useMeta(), object.name)?.fields ?? [];
  const selects = fields.filter((field) => field.type === "select");
  const [board, setBoard] = useState<BoardDefinition>(
    () => object.views?.board ?? { group_by: selects[0]?.name ?? "", card: [object.title_field] },
  );
  const without = (key: "sum" | "order" | "move_action"): BoardDefinition => {
    const { [key]: _gone, ...rest } = board;
    return rest;
  };
  const choices = (wanted: (type: string) => boolean) =>
    fields
      .filter((field) => wanted(field.result ?? field.type))
      .map((field) => ({ value: field.name, label: label(field.label) }));
  return (
    <ChangeDrawer
      object={object}
      title={t("settings.views.board")}
      draft={board}
      change={
        board.group_by && board.card.length > 0 ? { op: "change_object", object: withViews(object, { board }) } : null
      }
      onClose={onClose}
    >
      {() => (
        <>
          <Form.Item label={t("settings.views.groupBy")} htmlFor="board-group" required>
            <Select
              id="board-group"
              value={board.group_by || undefined}
              // An action moves between the options of its own field.
              onChange={(group_by: string) => setBoard({ ...without("move_action"), group_by })}
              options={selects.map((field) => ({ value: field.name, label: label(field.label) }))}
            />
          </Form.Item>
          <PathList
            id="board-card"
            title={t("settings.views.card")}
            object={object.name}
            paths={board.card}
            onChange={(card) => setBoard({ ...board, card })}
            fits={(field) => !["json", "rich_text", "long_text"].includes(field.type)}
            required
          />
          <Form.Item label={t("settings.views.sum")} htmlFor="board-sum">
            <Select
              id="board-sum"
              allowClear
              value={board.sum}
              onChange={(sum: string | undefined) => setBoard(sum ? { ...board, sum } : without("sum"))}
              options={choices((type) => SUMMABLE.has(type))}
            />
          </Form.Item>
          <SortSelect
            id="board-order"
            object={object.name}
            sort={board.order}
            onChange={(order) => setBoard(order ? { ...board, order } : without("order"))}
          />
        </>
      )}
    </ChangeDrawer>
  );
}

import { EllipsisOutlined } from "@ant-design/icons";
import { useDraggable } from "@dnd-kit/core";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import type { ItemType } from "antd/es/menu/interface";
import type { HTMLAttributes, KeyboardEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { fieldKind } from "@/fields/registry";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { readPath, resolvePath, useMeta } from "../meta";
import { CardSigns } from "./card-signs";
import type { BoardColumn } from "./columns";
import type { BoardMove } from "./use-board-move";

interface BoardCardProps {
  object: ObjectMeta;
  board: BoardMeta;
  record: RecordData;
  lifted?: boolean;
  dragging?: boolean;
  menu?: ReactNode;
  handle?: HTMLAttributes<HTMLElement> & { ref?: (element: HTMLElement | null) => void };
}

export function useTitle(object: ObjectMeta): (record: RecordData) => string {
  const formats = useFormats();
  const { t } = useTranslation();
  const field = object.fields.find((candidate) => candidate.name === object.title_field);
  return (record) => {
    const value = record[object.title_field];
    if (!field || isEmptyValue(value)) return t("board.untitled");
    return fieldKind(field).toText(value, field, formats);
  };
}

/** A record in short: its title and what the board's definition names. */
export function BoardCard({ object, board, record, lifted, dragging, menu, handle }: BoardCardProps) {
  const meta = useMeta();
  const label = useLabel();
  const title = useTitle(object)(record);
  const facts = board.card
    .filter((path) => path !== object.title_field && path !== board.group_by)
    .flatMap((path) => {
      const resolved = resolvePath(meta, object, path);
      const value = readPath(record, path) as FieldValue | undefined;
      return resolved && !isEmptyValue(value)
        ? [{ path, field: resolved.field, value, own: resolved.depth === 0 }]
        : [];
    });
  const column = object.fields.find((field) => field.name === board.group_by);
  const ended = column?.options?.find((option) => option.value === record[board.group_by])?.closed === true;
  return (
    <article className="gx-card" data-lifted={lifted} data-dragging={dragging || undefined} {...handle}>
      <div className="gx-card-head">
        <RecordLink object={object.name} id={record.id} tabIndex={-1} className="gx-card-title">
          {title}
        </RecordLink>
        {menu}
      </div>
      {facts.length > 0 ? (
        <dl>
          {facts.map(({ path, field, value, own }) => (
            <div key={path} data-type={field.type} title={label(field.label)}>
              <dt className="gx-visually-hidden">{label(field.label)}</dt>
              <dd>
                <FieldDisplay field={field} value={value} record={own ? record : undefined} />
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {ended ? null : <CardSigns object={object} record={record} />}
    </article>
  );
}

interface DraggableCardProps extends BoardCardProps {
  column: BoardColumn;
  columns: BoardColumn[];
  move: BoardMove;
  draggable: boolean;
}

/** A card that can be taken up, and whose menu offers the same to those who cannot or would rather not drag. */
export function DraggableCard({ column, columns, move, draggable, ...card }: DraggableCardProps) {
  const { object, record } = card;
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const title = useTitle(object)(record);
  const { setNodeRef, attributes, listeners, isDragging } = useDraggable({
    id: record.id,
    disabled: !draggable,
    data: { record, from: column, title },
    // Not a button: a card holds a link and a menu of its own.
    attributes: { role: "group", roleDescription: t("board.card") },
  });
  const open = () => void navigate({ to: "/r/$object/$id", params: { object: object.name, id: record.id } });
  const items: ItemType[] = [{ key: "open", label: t("board.open"), onClick: open }];
  if (object.access.update) {
    items.push({
      key: "edit",
      label: t("common.edit"),
      onClick: () =>
        void navigate({ to: "/r/$object/$id", params: { object: object.name, id: record.id }, search: { edit: "1" } }),
    });
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
          onClick: () => move.move(record, column, other),
        })),
    });
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter" && !isDragging) {
      event.preventDefault();
      open();
      return;
    }
    listeners?.onKeyDown?.(event);
  };
  return (
    <BoardCard
      {...card}
      dragging={isDragging}
      handle={{
        ...attributes,
        ...listeners,
        tabIndex: 0,
        "aria-disabled": undefined,
        "aria-label": title,
        onKeyDown,
        // The browser would rather drag the link that the mouse is over.
        onDragStart: (event) => event.preventDefault(),
        ref: setNodeRef,
      }}
      menu={
        <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
          <Button
            type="text"
            size="small"
            className="gx-card-menu"
            icon={<EllipsisOutlined />}
            aria-label={t("board.cardMenu", { card: title })}
            onMouseDown={(event) => event.stopPropagation()}
            onTouchStart={(event) => event.stopPropagation()}
          />
        </Dropdown>
      }
    />
  );
}

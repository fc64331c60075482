import { useDraggable } from "@dnd-kit/core";
import { useNavigate } from "@tanstack/react-router";
import { type HTMLAttributes, type KeyboardEvent, memo, type ReactNode, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { readPath } from "../meta";
import { type CardField, useCardFields, useTitle } from "./card-fields";
import { CardMenu } from "./card-menu";
import { CardSigns } from "./card-signs";
import type { BoardColumn } from "./columns";
import type { CardMove } from "./use-board-move";

interface CardFaceProps {
  object: ObjectMeta;
  board: BoardMeta;
  record: RecordData;
  title: string;
  fields: CardField[];
  /** Where the card is and can go; a card in the hand has no menu. */
  place?: CardPlace | undefined;
}

export interface CardPlace {
  column: BoardColumn;
  columns: BoardColumn[];
  move: CardMove;
}

/** What is on a card. Drawn anew only when that changes: its frame is told of every step of a drag. */
const CardFace = memo(function CardFace({ object, board, record, title, fields, place }: CardFaceProps) {
  const label = useLabel();
  const facts = fields.flatMap((shown) => {
    const value = readPath(record, shown.path) as FieldValue | undefined;
    return isEmptyValue(value) ? [] : [{ ...shown, value }];
  });
  const column = object.fields.find((field) => field.name === board.group_by);
  const ended = column?.options?.find((option) => option.value === record[board.group_by])?.closed === true;
  return (
    <>
      <div className="gx-card-head">
        <RecordLink object={object.name} id={record.id} tabIndex={-1} className="gx-card-title">
          {title}
        </RecordLink>
        {place ? <CardMenu object={object} record={record} title={title} {...place} /> : null}
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
    </>
  );
});

interface LiftedCardProps {
  object: ObjectMeta;
  board: BoardMeta;
  record: RecordData;
}

/** The card in the hand. */
export function LiftedCard({ object, board, record }: LiftedCardProps) {
  const title = useTitle(object)(record);
  const fields = useCardFields(object, board);
  return (
    <article className="gx-card" data-lifted>
      <CardFace object={object} board={board} record={record} title={title} fields={fields} />
    </article>
  );
}

interface DraggableCardProps {
  object: ObjectMeta;
  board: BoardMeta;
  record: RecordData;
  fields: CardField[];
  place: CardPlace;
  draggable: boolean;
}

/** What a drag tells of the card that is carried. */
export interface Carried {
  record: RecordData;
  from: BoardColumn;
  title: string;
}

/** A card that can be taken up, and whose menu offers the same to those who cannot or would rather not drag. */
export const DraggableCard = memo(function DraggableCard({ draggable, ...card }: DraggableCardProps) {
  const { object, record, place } = card;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const title = useTitle(object)(record);
  const carried = useMemo(
    () => ({ record, from: place.column, title }) satisfies Carried,
    [record, place.column, title],
  );
  const open = useCallback(
    () => void navigate({ to: "/r/$object/$id", params: { object: object.name, id: record.id } }),
    [navigate, object.name, record.id],
  );
  return (
    <CardFrame id={record.id} draggable={draggable} carried={carried} kind={t("board.card")} onOpen={open}>
      <CardFace {...card} title={title} />
    </CardFrame>
  );
});

interface CardFrameProps {
  id: string;
  draggable: boolean;
  carried: Carried;
  /** What a reader of the screen calls it. */
  kind: string;
  onOpen: () => void;
  children: ReactNode;
}

/** The frame alone is told of every step of a drag: it asks for nothing but the drag. */
function CardFrame({ id, draggable, carried, kind, onOpen, children }: CardFrameProps) {
  const { setNodeRef, attributes, listeners, isDragging } = useDraggable({
    id,
    disabled: !draggable,
    data: carried,
    // Not a button: a card holds a link and a menu of its own.
    attributes: { role: "group", roleDescription: kind },
  });
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter" && !isDragging) {
      event.preventDefault();
      onOpen();
      return;
    }
    listeners?.onKeyDown?.(event);
  };
  const handle: HTMLAttributes<HTMLElement> = {
    ...attributes,
    ...listeners,
    tabIndex: 0,
    "aria-disabled": undefined,
    "aria-label": carried.title,
    onKeyDown,
    // The browser would rather drag the link that the mouse is over.
    onDragStart: (event) => event.preventDefault(),
  };
  return (
    <article ref={setNodeRef} className="gx-card" data-dragging={isDragging || undefined} {...handle}>
      {children}
    </article>
  );
}

import type { KeyboardCoordinateGetter } from "@dnd-kit/core";
import type { BoardColumn } from "./columns";

const PREFIX = "column:";

export function columnId(column: BoardColumn): string {
  return `${PREFIX}${column.key ?? ""}`;
}

export function columnOfId(columns: BoardColumn[], id: string | number | undefined): BoardColumn | undefined {
  return columns.find((column) => columnId(column) === id);
}

/** While a card is carried by keyboard, the arrows go from column to column. */
export const nextColumnCoordinates: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const step = event.code === "ArrowRight" ? 1 : event.code === "ArrowLeft" ? -1 : 0;
  if (step === 0) return undefined;
  event.preventDefault();
  const rects = [...context.droppableRects.entries()]
    .filter(([id]) => String(id).startsWith(PREFIX))
    .map(([, rect]) => rect)
    .sort((left, right) => left.left - right.left);
  const width = context.collisionRect?.width ?? 0;
  const middle = currentCoordinates.x + width / 2;
  const current = rects.findIndex((rect) => middle >= rect.left && middle <= rect.right);
  const next = rects[Math.max(0, Math.min(rects.length - 1, Math.max(current, 0) + step))];
  return next ? { x: next.left + (next.width - width) / 2, y: currentCoordinates.y } : undefined;
};

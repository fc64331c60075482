import type { KeyboardCoordinateGetter } from "@dnd-kit/core";
import type { BoardColumn } from "./columns";

const PREFIX = "column:";

export function columnId(column: BoardColumn): string {
  return `${PREFIX}${column.key ?? ""}`;
}

export function columnOfId(columns: BoardColumn[], id: string | number | undefined): BoardColumn | undefined {
  return columns.find((column) => columnId(column) === id);
}

/** What of a column is a card. */
export const SELECTOR = ".gx-card";
/** Cards that a page key passes. */
const PAGE = 5;

/** Where a key leads from a card among so many of its column; null where the key leads nowhere. */
export function indexAfterKey(key: string, index: number, count: number): number | null {
  const steps: { [key: string]: number } = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + PAGE,
    PageUp: index - PAGE,
    Home: 0,
    End: count - 1,
  };
  const wanted = steps[key];
  if (wanted === undefined || count === 0) return null;
  const next = Math.max(0, Math.min(count - 1, wanted));
  return next === index ? null : next;
}

/** The card at about the same height in the next column that shows one. */
export function cardBeside(card: HTMLElement, step: 1 | -1): HTMLElement | null {
  const columns = [...(card.closest(".gx-board")?.children ?? [])];
  const top = (element: HTMLElement) => element.getBoundingClientRect().top;
  const from = columns.findIndex((column) => column.contains(card));
  for (let at = from + step; from >= 0 && at >= 0 && at < columns.length; at += step) {
    const cards = [...(columns[at]?.querySelectorAll<HTMLElement>(SELECTOR) ?? [])];
    const [first, ...others] = cards;
    if (!first) continue;
    const away = (element: HTMLElement) => Math.abs(top(element) - top(card));
    return others.reduce((best, other) => (away(other) < away(best) ? other : best), first);
  }
  return null;
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

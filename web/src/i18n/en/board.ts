import type { Shape } from "../shape";
import type { board as zh } from "../zh-CN/board";

export const board: Shape<typeof zh> = {
  none: "{{object}} have no board",
  everything: "All {{object, inside}}",
  mine: "Mine",
  columns: "Stages",
  card: "card",
  untitled: "(untitled)",
  empty: "Nothing in this column yet",
  more: "Load more",
  fold: "Fold “{{column}}”",
  unfold: "Unfold “{{column}}”",
  openList: "See “{{column}}” as a list",
  addTo: "New in “{{column}}”",
  open: "Open",
  moveTo: "Move to",
  cardMenu: "Actions for “{{card}}”",
  moved: "Moved to “{{column}}”",
  moveTitle: "Move to “{{column}}”",
  moveConfirm: "Move",
  picked: "Picked up “{{card}}”. Left and right arrows choose the column, space drops it, Escape cancels.",
  over: "Over “{{column}}”",
  dropped: "Dropped in “{{column}}”",
  cancelled: "Move cancelled",
  sumOf: "Total {{field, inside}}, each currency by itself",
  instructions:
    "Press space to pick the card up, the left and right arrows to carry it to another column, space to drop it; Escape cancels, Enter opens the record.",
};

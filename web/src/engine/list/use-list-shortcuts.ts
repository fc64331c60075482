import type { RefObject } from "react";
import { type Shortcuts, useShortcuts } from "@/ui/shortcuts";
import { type Cursor, LIST_KEYS, listCommand, SHARED_KEYS } from "./list-keyboard";

interface ListShortcuts {
  enabled: boolean;
  cursor: Cursor | null;
  size: { rows: number; columns: number };
  canEdit: boolean;
  gridRef: RefObject<HTMLDivElement | null>;
  move: (cursor: Cursor, extend: boolean) => void;
  open: () => void;
  edit: () => void;
  create: () => void;
  select: () => void;
  selectAll: () => void;
  search: () => void;
  filter: () => void;
  clear: () => void;
}

const ROW_HEIGHT = 40;

/** Binds the list's keys. Keys that buttons and menus use too count only while the focus is in the rows or nowhere. */
export function useListShortcuts(list: ListShortcuts): void {
  const handle =
    (key: string) =>
    (event: KeyboardEvent): boolean => {
      const grid = list.gridRef.current;
      const target = event.target as Element;
      const free = target === document.body || target.id === "main" || target === grid;
      if (SHARED_KEYS.has(key) && !free) return false;
      const page = Math.max(1, Math.floor((grid?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
      const command = listCommand(key, list.cursor, { ...list.size, page }, list.canEdit);
      if (!command) return false;
      if (command.type === "move") {
        grid?.focus({ preventScroll: true });
        list.move(command.cursor, command.extend);
      } else list[command.type]();
      return true;
    };
  const shortcuts: Shortcuts = Object.fromEntries(LIST_KEYS.map((key) => [key, handle(key)]));
  useShortcuts(shortcuts, { enabled: list.enabled });
}

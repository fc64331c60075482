import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  type TouchEvent,
  useEffect,
  useRef,
  useState,
} from "react";
import type { RecordData } from "@/api/types";
import { cardBeside, indexAfterKey, SELECTOR } from "./keyboard";

const indexOf = (element: EventTarget): number =>
  element instanceof Element ? Number(element.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1) : -1;

/**
 * The keyboard in a column of which only a part is drawn: up and down go from card to card, Home and End to the ends,
 * left and right to the columns beside. `heldAt` is the card that must stay drawn because it has the focus or the finger.
 */
export function useCardFocus(scroller: RefObject<HTMLDivElement | null>, items: RecordData[]) {
  const [held, setHeld] = useState<string | null>(null);
  const wanted = useRef<string | null>(null);
  const heldAt = held === null ? -1 : items.findIndex((item) => item.id === held);
  // A card far away is drawn only after it was asked for.
  useEffect(() => {
    if (wanted.current === null || wanted.current !== held) return;
    const card = scroller.current?.querySelector<HTMLElement>(`[data-index="${heldAt}"] > ${SELECTOR}`);
    if (!card) return;
    wanted.current = null;
    card.focus({ preventScroll: true });
  });
  const hold = (element: EventTarget) => {
    const id = items[indexOf(element)]?.id;
    if (id !== undefined) setHeld(id);
  };
  const onKeyDown = (event: KeyboardEvent, scrollTo: (index: number) => void) => {
    const card = event.target;
    // A card that is carried goes where the drag takes it.
    if (!(card instanceof HTMLElement) || !card.matches(SELECTOR) || card.dataset.dragging !== undefined) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const beside = cardBeside(card, event.key === "ArrowRight" ? 1 : -1);
      if (!beside) return;
      event.preventDefault();
      beside.focus();
      return;
    }
    const next = indexAfterKey(event.key, indexOf(card), items.length);
    const id = next === null ? undefined : items[next]?.id;
    if (next === null || id === undefined) return;
    event.preventDefault();
    wanted.current = id;
    setHeld(id);
    scrollTo(next);
  };
  return {
    heldAt,
    onKeyDown,
    onFocus: (event: FocusEvent) => hold(event.target),
    onTouchStart: (event: TouchEvent) => hold(event.target),
  };
}

import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { Button } from "antd";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, ObjectMeta, RecordData } from "@/api/types";
import { type CardPlace, DraggableCard } from "./board-card";
import { useCardFields } from "./card-fields";
import { mostOf } from "./heights";
import { useCardFocus } from "./use-card-focus";

/** How tall a card is taken for before any has been drawn, and the room below it. */
const CARD = 136;
const GAP = 8;
/** Cards drawn above and below what is seen. */
const OVERSCAN = 4;
/** Cards from the end at which the next ones are asked for, so that scrolling seldom waits. */
const AHEAD = 60;

interface CardStackProps {
  object: ObjectMeta;
  board: BoardMeta;
  place: CardPlace;
  items: RecordData[];
  draggable: boolean;
  stale: boolean;
  more: boolean;
  loadingMore: boolean;
  /** The rest could not be loaded: asked for again by hand only. */
  moreFailed: boolean;
  onMore: () => void;
}

/** What cards of a board are as tall as on this screen, by object: every column begins with what the others found. */
const usual = new Map<string, number>();

/**
 * The cards on the screen and a few around them, of as many as there are. A card that turns out as tall as it was taken for moves
 * none of the others, so what is drawn first is measured, and the stack begun anew where most cards are of another height.
 */
export function CardStack(props: CardStackProps) {
  const { object } = props;
  const [height, setHeight] = useState(() => usual.get(object.name) ?? CARD);
  const learned = useRef(false);
  const learn = useCallback(
    (found: number) => {
      // Once: begun anew it may show others.
      if (learned.current) return;
      learned.current = true;
      usual.set(object.name, found);
      setHeight(found);
    },
    [object.name],
  );
  return <Stack key={height} {...props} height={height} onHeight={learn} />;
}

interface StackProps extends CardStackProps {
  /** What a card is taken for before it is drawn; the same as long as the stack is there. */
  height: number;
  onHeight: (found: number) => void;
}

function Stack(props: StackProps) {
  const { object, board, place, items, draggable, stale, more, loadingMore, moreFailed, onMore, height, onHeight } =
    props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const fields = useCardFields(object, board);
  const focus = useCardFocus(scroller, items);
  const { heldAt } = focus;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: useCallback((index: number) => items[index]?.id ?? index, [items]),
    gap: GAP,
    overscan: OVERSCAN,
    // Cards that come into sight may come with the next frame: made within the event, each turn of the wheel waits for them.
    useFlushSync: false,
    // The card in the hand, or with the focus, stays there however far one scrolls.
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range);
        return heldAt < 0 || shown.includes(heldAt) ? shown : [...shown, heldAt].sort((left, right) => left - right);
      },
      [heldAt],
    ),
  });
  useUsualHeight(scroller, items.length > 0, onHeight);
  const cards = virtual.getVirtualItems();
  const last = cards.findLast((card) => card.index !== heldAt)?.index ?? 0;
  useEffect(() => {
    if (more && !loadingMore && !moreFailed && last >= items.length - AHEAD) onMore();
  }, [more, loadingMore, moreFailed, last, items.length, onMore]);
  return (
    <div ref={scroller} className="gx-board-cards" data-stale={stale || undefined}>
      <ul
        style={{ height: virtual.getTotalSize() }}
        onFocus={focus.onFocus}
        onTouchStart={focus.onTouchStart}
        onKeyDown={(event) => focus.onKeyDown(event, virtual.scrollToIndex)}
      >
        {cards.map(({ key, index, start }) => {
          const record = items[index];
          return record ? (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              style={{ top: start }}
              aria-posinset={index + 1}
              aria-setsize={more ? -1 : items.length}
            >
              <DraggableCard
                object={object}
                board={board}
                record={record}
                fields={fields}
                place={place}
                draggable={draggable}
              />
            </li>
          ) : null;
        })}
      </ul>
      {items.length === 0 ? <p className="gx-board-note">{t("board.empty")}</p> : null}
      {moreFailed ? (
        <Button block type="text" loading={loadingMore} onClick={onMore}>
          {t("common.retry")}
        </Button>
      ) : more ? (
        <div
          className="gx-board-ghost"
          data-loading={loadingMore || undefined}
          role="status"
          aria-label={t("common.loading")}
        />
      ) : null}
    </div>
  );
}

/** Tells once, before anything is shown, how tall most of the first cards are. */
function useUsualHeight(scroller: RefObject<HTMLDivElement | null>, drawn: boolean, tell: (height: number) => void) {
  const told = useRef(false);
  useLayoutEffect(() => {
    if (!drawn || told.current) return;
    const cards = scroller.current?.querySelectorAll<HTMLElement>("li[data-index]") ?? [];
    const most = mostOf([...cards].map((card) => card.offsetHeight));
    if (!most) return;
    told.current = true;
    tell(most);
  });
}

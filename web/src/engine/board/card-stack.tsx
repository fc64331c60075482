import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { Button } from "antd";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, ObjectMeta, RecordData } from "@/api/types";
import { type CardPlace, DraggableCard } from "./board-card";
import { useCardFields } from "./card-fields";
import { useCardFocus } from "./use-card-focus";

/** How tall a card is before it has been drawn, and the room below it. */
const CARD = 106;
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

/** The cards on the screen and a few around them, of as many as there are. */
export function CardStack(props: CardStackProps) {
  const { object, board, place, items, draggable, stale, more, loadingMore, moreFailed, onMore } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const fields = useCardFields(object, board);
  const focus = useCardFocus(scroller, items);
  const { heldAt } = focus;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD,
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

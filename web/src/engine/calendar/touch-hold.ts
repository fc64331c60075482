import { edgeStep, type Press, startPress } from "./touch-press";

/** How often what is held near an edge scrolls, in milliseconds. */
const LOOK_MS = 30;
/** The click that a browser makes of a touch comes a moment after it. */
const AFTER_MS = 400;

export interface TouchHold extends Pick<Press, "held" | "end"> {
  pointerId: number;
  /** Whether the finger carries the event. */
  move: (pointer: PointerEvent) => boolean;
}

/** Scrolls the hours while a finger holds an event at their upper or lower edge; `again` says where it is over now. */
function scrollAtEdges(target: Element, at: () => number, again: () => void): () => void {
  const scroller = target.closest(".gx-time-scroll");
  if (!scroller) return () => {};
  const timer = setInterval(() => {
    const box = scroller.getBoundingClientRect();
    // Over the head stand the days without hours: there an event is dropped, nothing is scrolled.
    const head = scroller.firstElementChild?.clientHeight ?? 0;
    const step = edgeStep(at(), box.top + head, box.bottom);
    if (step === 0) return;
    scroller.scrollBy({ top: step });
    again();
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/** A finger on an event, watched until it is lifted: once it holds, the browser neither scrolls nor opens its menu. */
export function holdTouch(
  pointer: PointerEvent,
  onHold: () => void,
  onScroll: (point: PointerEvent) => void,
): TouchHold {
  const { pointerId } = pointer;
  const target = pointer.target as Element;
  let last = pointer;
  let stopScrolling = () => {};
  const press = startPress({ x: pointer.clientX, y: pointer.clientY }, () => {
    try {
      // The element under the finger is drawn anew in another column: what follows is told to one that stays.
      document.body.setPointerCapture(pointerId);
    } catch {
      // Lifted in this very moment.
    }
    navigator.vibrate?.(12);
    stopScrolling = scrollAtEdges(
      target,
      () => last.clientY,
      () => onScroll(last),
    );
    onHold();
  });
  const still = (event: Event) => {
    if (press.held() && event.cancelable) event.preventDefault();
  };
  const noMenu = (event: Event) => event.preventDefault();
  // A touch is told to the element it began on, also when that has left the page.
  for (const name of ["touchmove", "touchend"]) target.addEventListener(name, still, { passive: false });
  window.addEventListener("contextmenu", noMenu, { capture: true });
  const release = () => {
    for (const name of ["touchmove", "touchend"]) target.removeEventListener(name, still);
    window.removeEventListener("contextmenu", noMenu, { capture: true });
  };
  return {
    pointerId,
    held: press.held,
    move: (now) => {
      last = now;
      return press.move({ x: now.clientX, y: now.clientY });
    },
    end: () => {
      stopScrolling();
      setTimeout(release, AFTER_MS);
      return press.end();
    },
  };
}

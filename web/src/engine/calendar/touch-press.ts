/** For how long a finger rests on an event before it carries it: less than until a browser opens its own menu. */
export const HOLD_MS = 350;
/** What a resting finger may tremble, in pixels; more is a beginning scroll. */
export const SLACK = 8;
/** How near to an edge a carried event scrolls what is below it, and how fast: pixels, and pixels for each look. */
const EDGE = 36;
const EDGE_STEP = 14;

interface Point {
  x: number;
  y: number;
}

export interface Press {
  /** A finger moved. Whether it carries what it was put on; before that, the page scrolls. */
  move: (point: Point) => boolean;
  /** Lifted, or taken over by the browser. Whether it carried something. */
  end: () => boolean;
  held: () => boolean;
}

/** A finger put down: resting long enough it holds what is under it, moving before that it only scrolls. */
export function startPress(from: Point, onHold: () => void): Press {
  let state: "waiting" | "held" | "over" = "waiting";
  const timer = setTimeout(() => {
    state = "held";
    onHold();
  }, HOLD_MS);
  const giveUp = () => {
    clearTimeout(timer);
    state = "over";
  };
  return {
    move: ({ x, y }) => {
      if (state === "waiting" && Math.hypot(x - from.x, y - from.y) > SLACK) giveUp();
      return state === "held";
    },
    end: () => {
      if (state === "waiting") giveUp();
      return state === "held";
    },
    held: () => state === "held",
  };
}

/** How far to scroll what lies between two edges while something is held at a height; 0 away from them. */
export function edgeStep(at: number, top: number, bottom: number): number {
  // In a very low box the two zones must not meet.
  const zone = Math.min(EDGE, (bottom - top) / 4);
  if (at >= top && at < top + zone) return -EDGE_STEP;
  return at > bottom - zone && at <= bottom ? EDGE_STEP : 0;
}

/** The cards of the home page, by name, each where it stands unless the member says otherwise. */
const STANDARD = {
  left: ["waiting", "tasks", "changes"],
  right: ["today", "pipeline", "notices", "recents", "shortcuts", "funnel", "trend"],
} as const;

export type Side = keyof typeof STANDARD;
export type CardName = (typeof STANDARD)[Side][number];
/** What can be done with a card. */
export type Move = "up" | "down" | "across" | "hide";

const SIDES: readonly Side[] = ["left", "right"];
const isCard = (name: unknown): name is CardName => SIDES.some((side) => STANDARD[side].some((card) => card === name));

/** Which cards stand where, from the top; what stands nowhere is hidden. */
export interface Arrangement {
  left: CardName[];
  right: CardName[];
  hidden: CardName[];
}

/** They come once one wants them: shortcuts are one's own, charts are not for everybody. */
const WANTED: readonly CardName[] = ["shortcuts", "funnel", "trend"];

/** The standard one. */
export function standard(): Arrangement {
  return {
    left: [...STANDARD.left],
    right: STANDARD.right.filter((card) => !WANTED.includes(card)),
    hidden: [...WANTED],
  };
}

/** Where a card stands by itself. */
export function sideOf(card: CardName): Side {
  return STANDARD.left.some((one) => one === card) ? "left" : "right";
}

/** An arrangement as it was stored, by whatever version: what is not known is left out, what is new is put in. */
export function readArrangement(stored: unknown): Arrangement {
  if (typeof stored !== "object" || stored === null) return standard();
  const seen = new Set<CardName>();
  const names = (list: unknown) =>
    (Array.isArray(list) ? list : []).filter((name: unknown): name is CardName => {
      if (!isCard(name) || seen.has(name)) return false;
      seen.add(name);
      return true;
    });
  const { left, right, hidden } = stored as Record<string, unknown>;
  const known: Arrangement = { left: names(left), right: names(right), hidden: names(hidden) };
  const fresh = standard();
  for (const place of [...SIDES, "hidden"] as const) {
    known[place].push(...fresh[place].filter((card) => !seen.has(card)));
  }
  return known;
}

/** The side a card stands on; null where it is hidden. */
function placeOf(arrangement: Arrangement, card: CardName): Side | null {
  return SIDES.find((side) => arrangement[side].includes(card)) ?? null;
}

/** After a move. A card passes those that are not on the page, `isThere` says which are. */
export function moved(
  arrangement: Arrangement,
  card: CardName,
  move: Move,
  isThere: (card: CardName) => boolean,
): Arrangement {
  const side = placeOf(arrangement, card);
  if (!side) return arrangement;
  const without = arrangement[side].filter((one) => one !== card);
  if (move === "hide") return { ...arrangement, [side]: without, hidden: [...arrangement.hidden, card] };
  if (move === "across") {
    const other: Side = side === "left" ? "right" : "left";
    return { ...arrangement, [side]: without, [other]: [...arrangement[other], card] };
  }
  const at = neighbour(arrangement[side], card, move, isThere);
  if (at === null) return arrangement;
  return { ...arrangement, [side]: [...without.slice(0, at), card, ...without.slice(at)] };
}

/** Where in its column a card comes to stand; null at the end. */
function neighbour(cards: CardName[], card: CardName, move: "up" | "down", isThere: (card: CardName) => boolean) {
  const from = cards.indexOf(card);
  const step = move === "up" ? -1 : 1;
  for (let at = from + step; at >= 0 && at < cards.length; at += step) {
    const other = cards[at];
    if (other && isThere(other)) return at;
  }
  return null;
}

/** Whether a move would change anything. */
export function canMove(
  arrangement: Arrangement,
  card: CardName,
  move: "up" | "down",
  isThere: (card: CardName) => boolean,
): boolean {
  const side = placeOf(arrangement, card);
  return side !== null && neighbour(arrangement[side], card, move, isThere) !== null;
}

/** With a hidden card back at the end of its own side. */
export function shownAgain(arrangement: Arrangement, card: CardName): Arrangement {
  const side = sideOf(card);
  const hidden = arrangement.hidden.filter((one) => one !== card);
  return { ...arrangement, hidden, [side]: [...arrangement[side].filter((one) => one !== card), card] };
}

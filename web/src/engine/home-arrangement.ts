/** Where one's own arrangement of the home page is kept. */
export const ARRANGEMENT = "home.cards";

/** The cards of the home page, by name, each where it stands by itself: above the columns, or in one of them. */
const STANDARD = {
  top: ["numbers"],
  left: ["waiting", "tasks", "load", "changes"],
  right: ["unread", "today", "pipeline", "notices", "recents", "shortcuts"],
} as const;

export type Place = keyof typeof STANDARD;
export type Side = Exclude<Place, "top">;
/** What the page draws itself. */
export type OwnCard = (typeof STANDARD)[Place][number];
/** A figure that a feature draws; which there are the page need not know (`home-parts.ts`). */
export type FigureCardName = `figure.${string}`;
export type CardName = OwnCard | FigureCardName;
/** What can be done with a card. */
export type Move = "up" | "down" | "across" | "hide";

const SIDES: readonly Side[] = ["left", "right"];
const PLACES: readonly Place[] = ["top", ...SIDES];
const CARDS: readonly CardName[] = PLACES.flatMap((place): readonly CardName[] => STANDARD[place]);
const FIGURE = /^figure\.(\w+)$/;
/** How two figures were called before all of them could stand here. */
const FORMER: readonly unknown[] = ["funnel", "trend"];

/** The figure's own name; null for any other card. */
export const figureOf = (card: CardName): string | null => FIGURE.exec(card)?.[1] ?? null;
export const figureCard = (figure: string): FigureCardName => `figure.${figure}`;

/** The card that is meant by a stored name; null where none is. */
function cardOf(name: unknown): CardName | null {
  if (FORMER.includes(name)) return figureCard(String(name));
  if (typeof name === "string" && FIGURE.test(name)) return name as FigureCardName;
  return CARDS.find((card) => card === name) ?? null;
}

/** Which cards stand where, from the top; what stands nowhere is hidden. */
export interface Arrangement {
  top: CardName[];
  left: CardName[];
  right: CardName[];
  hidden: CardName[];
}

type Layout = Pick<Arrangement, "left" | "right">;

/** For whoever works on customers of his own. What is not named comes once one wants it. */
const EVERYBODY: Layout = {
  left: ["waiting", "tasks", "changes"],
  right: ["unread", "today", "pipeline", "notices", "recents"],
};

/** Who leads sees how his people are loaded, who serves customers what comes in; the first role that fits counts. */
const BY_ROLE: readonly (Layout & { roles: readonly string[] })[] = [
  {
    roles: ["administrator", "branch_administrator", "sales_manager"],
    left: ["waiting", "tasks", "load", "changes"],
    right: ["unread", "today", "pipeline", "notices", "recents"],
  },
  {
    roles: ["dispatcher"],
    left: ["waiting", "load", "tasks", "changes"],
    right: ["unread", "today", "notices", "recents"],
  },
  {
    roles: ["analyst"],
    left: ["waiting", "tasks", "changes"],
    right: ["unread", figureCard("funnel"), "pipeline", "today", "notices", "recents"],
  },
  {
    roles: ["service_agent", "operator", "trainer"],
    left: ["waiting", "tasks", "changes"],
    right: ["unread", "today", "notices", "recents"],
  },
];

/** The one a member has until he arranges his own. */
export function standard(roles: readonly string[] = []): Arrangement {
  const { left, right } = BY_ROLE.find((layout) => layout.roles.some((role) => roles.includes(role))) ?? EVERYBODY;
  const shown: CardName[] = [...STANDARD.top, ...left, ...right];
  return {
    top: [...STANDARD.top],
    left: [...left],
    right: [...right],
    hidden: CARDS.filter((card) => !shown.includes(card)),
  };
}

/** Where a card stands by itself. */
export function sideOf(card: CardName): Place {
  return PLACES.find((place) => STANDARD[place].some((one) => one === card)) ?? "right";
}

/** An arrangement as it was stored, by whatever version: what is not known is left out, what is new is put in. */
export function readArrangement(stored: unknown, roles: readonly string[] = []): Arrangement {
  if (typeof stored !== "object" || stored === null) return standard(roles);
  const seen = new Set<CardName>();
  const names = (list: unknown) =>
    (Array.isArray(list) ? list : []).flatMap((name: unknown): CardName[] => {
      const card = cardOf(name);
      if (!card || seen.has(card)) return [];
      seen.add(card);
      return [card];
    });
  const { top, left, right, hidden } = stored as Record<string, unknown>;
  const known: Arrangement = { top: names(top), left: names(left), right: names(right), hidden: names(hidden) };
  const fresh = standard(roles);
  for (const place of [...PLACES, "hidden"] as const) {
    known[place].push(...fresh[place].filter((card) => !seen.has(card)));
  }
  return known;
}

/** Where a card stands; null where it is hidden. */
export function placeOf(arrangement: Arrangement, card: CardName): Place | null {
  return PLACES.find((place) => arrangement[place].includes(card)) ?? null;
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
    if (side === "top") return arrangement;
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

/** As a preference holds it. */
export const stored = ({ top, left, right, hidden }: Arrangement) => ({ top, left, right, hidden });

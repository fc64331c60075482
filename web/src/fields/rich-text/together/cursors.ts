import type { Doc } from "yjs";

/** Where somebody stands: two places that Yjs keeps while the text around them changes. */
export interface Standing {
  anchor: unknown;
  head: unknown;
}

export interface Caret {
  user: { name: string | null; member: string; color: string };
  cursor: Standing | null;
}

type Listener = () => void;

/** Who stands where, in the form the binding of the editor asks for (`Awareness` of y-protocols): told by the server. */
export class Cursors {
  private readonly states = new Map<number, Caret>();
  private readonly listeners = new Set<Listener>();
  private own: { cursor: Standing | null } = { cursor: null };

  constructor(
    readonly doc: Doc,
    private readonly onMoved: () => void,
  ) {}

  getStates(): Map<number, Caret> {
    return this.states;
  }

  getLocalState(): { cursor: Standing | null } {
    return this.own;
  }

  setLocalStateField(name: string, value: unknown): void {
    if (name !== "cursor") return;
    this.own = { cursor: value as Standing | null };
    this.onMoved();
  }

  on(_name: "change", listener: Listener): void {
    this.listeners.add(listener);
  }

  off(_name: "change", listener: Listener): void {
    this.listeners.delete(listener);
  }

  /** Another reader stands somewhere, or nowhere any more. */
  put(client: number, member: string, name: string | null, at: string | null): void {
    const cursor = at === null ? null : read(at);
    if (cursor === null) this.states.delete(client);
    // The binding warns where a colour is none; ours come from the style sheet.
    else this.states.set(client, { user: { name, member, color: "#000000" }, cursor });
    this.changed();
  }

  /** Nobody is known to stand anywhere. */
  forget(): void {
    if (this.states.size === 0) return;
    this.states.clear();
    this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Other clients may be of another version, or none of ours. */
function read(at: string): Standing | null {
  try {
    const found: unknown = JSON.parse(at);
    const is = typeof found === "object" && found !== null && "anchor" in found && "head" in found;
    return is ? (found as Standing) : null;
  } catch {
    return null;
  }
}

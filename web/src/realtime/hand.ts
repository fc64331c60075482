/** So long after its last move the hand is taken to rest. */
const REST_MS = 900;
/** What waits for the hand waits no longer than this: a pointer that never rests must not stop the news. */
const LONGEST_MS = 8_000;
/** What a part of the page carries whose contents would move away under the hand: a board, a calendar. */
const CALM = "[data-calm]";

/**
 * The reader's hand. While it holds something, or moves over what stands in a part marked `data-calm`, nothing there
 * is moved: whoever reaches for a card must not get another one.
 */
export class Hand {
  private readonly waiting = new Map<string, { work: () => void; since: number }>();
  private movedAt = Number.NEGATIVE_INFINITY;
  private down = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Watches the pointer; ends with the function it answers. */
  watch(target: Document): () => void {
    const isCalm = (event: Event) => event.target instanceof Element && event.target.closest(CALM) !== null;
    const onMove = (event: Event) => {
      if (isCalm(event)) this.movedAt = this.now();
    };
    const onDown = (event: Event) => {
      this.down = isCalm(event);
    };
    const onUp = () => {
      if (!this.down) return;
      this.down = false;
      this.movedAt = this.now();
    };
    const heard: [string, (event: Event) => void][] = [
      ["pointermove", onMove],
      ["pointerdown", onDown],
      ["pointerup", onUp],
      ["pointercancel", onUp],
    ];
    for (const [name, hear] of heard) target.addEventListener(name, hear, { capture: true, passive: true });
    return () => {
      for (const [name, hear] of heard) target.removeEventListener(name, hear, { capture: true });
      clearTimeout(this.timer);
      this.waiting.clear();
    };
  }

  /** Does it now, or as soon as the hand rests; of several under one name the last. */
  whenQuiet(name: string, work: () => void): void {
    if (!this.isBusy()) {
      work();
      return;
    }
    this.waiting.set(name, { work, since: this.waiting.get(name)?.since ?? this.now() });
    this.timer ??= setTimeout(() => this.look(), REST_MS / 2);
  }

  private isBusy(): boolean {
    return this.down || this.now() - this.movedAt < REST_MS;
  }

  private look(): void {
    this.timer = undefined;
    const [busy, now] = [this.isBusy(), this.now()];
    for (const [name, { work, since }] of [...this.waiting]) {
      if (busy && now - since < LONGEST_MS) continue;
      this.waiting.delete(name);
      work();
    }
    if (this.waiting.size > 0) this.timer = setTimeout(() => this.look(), REST_MS / 2);
  }
}

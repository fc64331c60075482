/** Runs work by its key: a little after it is first asked for, and then no more often than the pause. */
export class Throttle {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly ranAt = new Map<string, number>();

  constructor(
    private readonly firstMs: number,
    private readonly pauseMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  run(key: string, work: () => void): void {
    if (this.timers.has(key)) return;
    const since = this.now() - (this.ranAt.get(key) ?? Number.NEGATIVE_INFINITY);
    const wait = Math.max(this.firstMs, this.pauseMs - since);
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        this.ranAt.set(key, this.now());
        work();
      }, wait),
    );
  }

  end(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.ranAt.clear();
  }
}

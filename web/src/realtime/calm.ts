import { hashKey, type Query, type QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { ChangeEvent, FieldValues, ListQuery, Meta } from "@/api/types";
import { liveStore } from "./store";
import type { Throttle } from "./throttle";

/** Most records asked about at once; of more that move at a time the rest is seen when the list is read again. */
const ASKED_AT_ONCE = 100;
/** So often it is asked where no answer comes. */
const MOST_TRIES = 5;

/** A record of which the server is asked whether it belongs into a list. */
interface Asked {
  /** What its fields held before they were changed; null for one that was not there. */
  before: FieldValues | null;
  /** Whether it stands in the list. */
  here: boolean;
  /** I did it myself, in another window: it is not to be announced to me. */
  mine: boolean;
}

/**
 * Lists whose rows stay where they are: what comes into them by what others do is announced, and a row that belongs
 * into it no more is marked. The browser decides where it can; else the server is asked, about those records alone.
 */
export class CalmLists {
  private readonly waiting = new Map<string, Map<string, Asked>>();

  constructor(
    private readonly queryClient: QueryClient,
    private readonly slow: Throttle,
  ) {}

  /** A record was made, or came back. */
  made(query: Query, event: ChangeEvent, id: string): void {
    const asked = askedOf(query);
    if (!asked) return;
    const key = hashKey(query.queryKey);
    const whole = event.kind.endsWith(".created");
    const values = Object.fromEntries(event.changes.map((change) => [change.field, change.new])) as FieldValues;
    const belongs = !asked.filter ? true : whole ? liveStore.judge(key, values) : null;
    if (belongs === true) liveStore.addComing(key, [id]);
    else if (belongs === null) this.ask(query, event.object, id, { before: null, here: false, mine: false });
  }

  /** A record was changed in something the list's filter speaks of. */
  changed(query: Query, event: ChangeEvent, id: string, here: boolean, mine: boolean): void {
    if (!askedOf(query)) return;
    const before = Object.fromEntries(event.changes.map((change) => [change.field, change.old])) as FieldValues;
    this.ask(query, event.object, id, { before, here, mine });
  }

  private ask(query: Query, object: string, id: string, what: Asked): void {
    const { queryHash } = query;
    const waiting = this.waiting.get(queryHash) ?? new Map<string, Asked>();
    this.waiting.set(queryHash, waiting);
    const known = waiting.get(id);
    // Of several changes that come together, what was before the first of them counts.
    const before = known ? known.before && what.before && { ...what.before, ...known.before } : what.before;
    waiting.set(id, { ...what, before, mine: what.mine && (known?.mine ?? true) });
    this.askSoon(query, object, 1);
  }

  private askSoon(query: Query, object: string, tries: number): void {
    this.slow.run(`calm/${query.queryHash}`, () => void this.decide(query, object, tries));
  }

  private async decide(query: Query, object: string, tries: number): Promise<void> {
    const waiting = this.waiting.get(query.queryHash);
    const asked = askedOf(query);
    this.waiting.delete(query.queryHash);
    if (!waiting || !asked || !query.isActive()) return;
    const some = [...waiting].slice(0, ASKED_AT_ONCE);
    const ids = some.map(([id]) => `"${id}"`).join(", ");
    const belonging = await listRecords(object, {
      filter: asked.filter ? `id in [${ids}] && (${asked.filter})` : `id in [${ids}]`,
      fields: ["id", ...this.namedIn(object, asked.filter ?? "")].join(","),
      limit: ASKED_AT_ONCE,
    }).catch(() => null);
    if (!belonging) {
      // The network is gone, or the server is busy: it is asked again, a few times, and with what happens next.
      this.waiting.set(query.queryHash, new Map([...some, ...(this.waiting.get(query.queryHash) ?? [])]));
      if (tries < MOST_TRIES) this.askSoon(query, object, tries + 1);
      return;
    }
    const now = new Map(belonging.items.map((item) => [item.id, item]));
    const key = hashKey(query.queryKey);
    const wasIn = (id: string, before: FieldValues | null) =>
      before !== null && liveStore.judge(key, { ...now.get(id), ...before } as FieldValues) === true;
    const came = some.filter(([id, one]) => !one.here && now.has(id) && !wasIn(id, one.before));
    liveStore.takeBack(key, new Set(some.filter(([id, one]) => now.has(id) === one.here).map(([id]) => id)));
    const announced = came.filter(([, one]) => !one.mine).map(([id]) => id);
    const left = some.filter(([id, one]) => one.here && !now.has(id)).map(([id]) => id);
    if (announced.length > 0) liveStore.addComing(key, announced);
    if (left.length > 0) liveStore.addLeft(key, left);
    if (came.some(([, one]) => one.mine)) {
      void this.queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
  }

  private namedIn(object: string, filter: string): string[] {
    const meta = this.queryClient.getQueryData<Meta>(queryKeys.meta);
    const fields = meta?.objects.find((one) => one.name === object)?.fields ?? [];
    return fields.map((field) => field.name).filter((name) => new RegExp(`(^|[^\\w.])${name}($|\\W)`).test(filter));
  }
}

/** What a list asks for, where membership in it can be asked about: what was searched is the index's to say. */
function askedOf(query: Query): ListQuery | null {
  const asked = (query.queryKey[3] ?? {}) as ListQuery;
  return asked.q || asked.deleted ? null : asked;
}

import { hashKey, type InfiniteData, type Query, type QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { isRecordList, listRecords, type RecordListData } from "@/api/records";
import type { ChangeEvent, ListQuery, Meta, RecordData, RecordPage } from "@/api/types";
import { CalmLists } from "./calm";
import { Hand } from "./hand";
import { liveAlso } from "./interest";
import { invalidateLists } from "./long-lists";
import { type Gone, liveStore } from "./store";
import { Throttle } from "./throttle";

/** How long a deleted row can be read before it goes. */
export const FADE_MS = 4_000;
/** What a change of a record may put out of date without a word about it in the event. */
const COMPUTED = new Set(["formula", "rollup"]);
/** Verbs by which a record comes or goes. */
const MOVES = new Set(["created", "restored", "deleted", "erased"]);

/** An event as the lists are told of it. */
interface News {
  event: ChangeEvent;
  id: string;
  verb: string;
  mine: boolean;
}

const verbOf = (event: ChangeEvent): string => event.kind.slice(event.kind.indexOf(".") + 1);

/** Whether a list's members or their order may change with these fields: they stand in its filter or its sort. */
export function mayMove(query: ListQuery, fields: string[]): boolean {
  const text = `${query.filter ?? ""} ${query.sort ?? ""}`;
  return fields.some((field) => new RegExp(`(^|[^\\w.])${field}($|\\W)`).test(text));
}

/** A row as the event leaves it; null where the event does not say enough of it. */
export function patchedRow(row: RecordData, event: ChangeEvent, shown: string[], computed: boolean): RecordData | null {
  const patched: RecordData = { ...row };
  for (const { field, new: value } of event.changes) {
    if (shown.some((path) => path.startsWith(`${field}.`))) return null;
    if (field in row || shown.includes(field)) patched[field] = value;
  }
  if (computed) return null;
  if ("updated_at" in row) patched.updated_at = event.at;
  if ("updated_by" in row && event.actor.id) patched.updated_by = { id: event.actor.id, label: event.actor.label };
  return { ...patched, version: event.version };
}

/** Brings what is kept of the server's data up to date with what happened, in place. */
export class CacheWriter {
  private readonly slow = new Throttle(250, 2_500);
  private readonly quick = new Throttle(60, 400);
  /** For what costs the server more than a page of a list. */
  private readonly seldom = new Throttle(400, 5_000);
  /** By record, the newest version told of since what is here was last looked at. */
  private readonly newest = new Map<string, number>();
  private readonly calm: CalmLists;

  constructor(
    private readonly queryClient: QueryClient,
    private readonly me: () => string | null,
    private readonly hand: Hand = new Hand(),
  ) {
    this.calm = new CalmLists(queryClient, this.slow);
  }

  end(): void {
    this.slow.end();
    this.quick.end();
    this.seldom.end();
  }

  apply(events: ChangeEvent[]): void {
    for (const event of events) {
      if (!event.id) continue;
      const mine = event.actor.id !== null && event.actor.id === this.me();
      const verb = verbOf(event);
      if (verb === "deleted" || verb === "erased") {
        liveStore.forget(event.id);
        this.fade(event.object, event.id, { by: event.actor.label });
      }
      this.refreshRecord(event, event.id);
      this.refreshLists(event, event.id, verb, mine);
      this.refreshCounts(event, verb);
      this.refreshFigures(event);
      liveStore.tell(event);
    }
  }

  /** A record was taken out of my sight: whatever is shown of it goes. */
  lost(object: string, id: string): void {
    void this.queryClient.invalidateQueries({ queryKey: queryKeys.record(object, id) });
    liveStore.forget(id);
    this.fade(object, id, { by: null, hidden: true });
    for (const query of this.queryClient.getQueryCache().findAll({ queryKey: queryKeys.object(object) })) {
      if (query.queryKey[2] === "count" || query.queryKey[2] === "aggregate") this.refetch(query);
    }
  }

  /** Everything is out of date. */
  readAnew(): void {
    void invalidateLists(this.queryClient, queryKeys.records);
  }

  /** Rights or definitions changed: first what there is, then what is in it. */
  async rightsChanged(): Promise<void> {
    await this.queryClient.invalidateQueries({ queryKey: queryKeys.meta });
    await this.queryClient.invalidateQueries({ queryKey: queryKeys.me });
    this.readAnew();
  }

  /** A record's own page with all that belongs to it, and the timelines it is told in. */
  private refreshRecord(event: ChangeEvent, id: string): void {
    const key = queryKeys.record(event.object, id);
    const parts = this.queryClient.getQueryCache().findAll({ queryKey: key });
    if (parts.length > 0) {
      // Several changes may come before what is here is looked at, old ones first: the newest of them decides.
      this.newest.set(id, Math.max(event.version, this.newest.get(id) ?? 0));
      this.quick.run(`one/${id}`, () => {
        const newest = this.newest.get(id) ?? 0;
        this.newest.delete(id);
        const known = this.queryClient.getQueryData<RecordData>(key);
        const stale = known === undefined || (typeof known.version === "number" && known.version < newest);
        // My own change has been put here by the answer to it; its history has not.
        void this.queryClient.invalidateQueries({
          queryKey: key,
          predicate: (query) => query.queryKey.length > key.length || stale,
        });
      });
    }
    for (const query of this.queryClient.getQueryCache().findAll({ queryKey: queryKeys.records })) {
      if (query.queryKey[4] === "timeline" && query.queryKey[3] !== id && toldIn(query, event, id)) {
        this.slow.run(query.queryHash, () => void this.queryClient.invalidateQueries({ queryKey: query.queryKey }));
      }
    }
  }

  private refreshLists(event: ChangeEvent, id: string, verb: string, mine: boolean): void {
    for (const query of this.queryClient.getQueryCache().findAll({ queryKey: queryKeys.lists(event.object) })) {
      this.refreshList(query, { event, id, verb, mine });
    }
  }

  private refreshList(query: Query, news: News): void {
    const { event, id, verb, mine } = news;
    const fields = event.changes.map((change) => change.field);
    const moves = MOVES.has(verb);
    const computed = this.computedOf(event.object);
    const asked = (query.queryKey[3] ?? {}) as ListQuery;
    const shown = (asked.fields ?? "").split(",");
    const { data } = query.state;
    const row = rowOf(data, id);
    if (row && row.version < event.version && verb !== "deleted") this.patch(query, row, event, shown, computed);
    // What I made in another window is nothing to be announced to me, and must not be missing here either.
    const own = mine && moves && !row;
    if (!own && query.isActive() && liveStore.isCalm(hashKey(query.queryKey))) {
      if (hasRows(data)) {
        this.tellCalm(query, asked, news, row !== undefined, [...fields, ...computed]);
        return;
      }
      // It is being read for the first time, perhaps as it was before: what this means for it is seen then.
      const reading = data === undefined ? query.promise : undefined;
      if (reading) {
        const whenRead = () => {
          if (query.state.data !== undefined) this.refreshList(query, news);
        };
        reading.then(whenRead, () => {});
        return;
      }
    }
    // What I changed stays in sight, as a task that was ticked off does, until the list is read again for another reason;
    // unless it is just being read, perhaps as it was before.
    if (mine && !moves && row && query.state.fetchStatus !== "fetching") return;
    if (moves || mayMove(asked, [...fields, "updated_at", "updated_by"])) this.refetch(query);
  }

  /** In a list whose rows stay where they are nothing moves; what came and what left is said. */
  private tellCalm(query: Query, asked: ListQuery, news: News, here: boolean, fields: string[]): void {
    const { event, id, verb, mine } = news;
    if (verb === "created" || verb === "restored") {
      if (!here && !mine) this.calm.made(query, event, id);
    } else if (!MOVES.has(verb) && !(mine && here)) {
      const membership = { filter: asked.filter ?? "" };
      if (mayMove(membership, [...fields, "updated_at", "updated_by"])) this.calm.changed(query, event, id, here, mine);
    }
  }

  /** The row changes where it is; what the event does not say of it is asked for, that row alone. */
  private patch(query: Query, row: RecordData, event: ChangeEvent, shown: string[], computed: string[]): void {
    const patched = patchedRow(
      row,
      event,
      shown,
      shown.some((path) => computed.includes(path)),
    );
    if (patched) {
      this.putRow(query, patched);
      return;
    }
    if (!query.isActive()) {
      void query.invalidate();
      return;
    }
    this.quick.run(`${query.queryHash}/${row.id}`, () => {
      readRow(event.object, row.id, shown.join(",")).then(
        (read) => (read ? this.putRow(query, read) : void query.invalidate()),
        () => void query.invalidate(),
      );
    });
  }

  private putRow(query: Query, row: RecordData): void {
    this.queryClient.setQueryData<RecordListData>(query.queryKey, (data) => {
      if (!isRecordList(data)) return data;
      const put = (item: RecordData) => (item.id === row.id ? { ...item, ...row } : item);
      return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(put) })) };
    });
  }

  private refetch(query: Query): void {
    this.slow.run(query.queryHash, () => this.readWhenQuiet(query));
  }

  private readWhenQuiet(query: Query): void {
    this.hand.whenQuiet(query.queryHash, () => {
      void invalidateLists(this.queryClient, query.queryKey, true);
    });
  }

  /** What the server works out of many records (who has how much to do, who is free): `meta.live` says that it follows. */
  private refreshFigures(event: ChangeEvent): void {
    for (const query of this.queryClient.getQueryCache().findAll({ queryKey: queryKeys.records })) {
      if (query.meta?.live !== true) continue;
      if (query.queryKey[1] !== event.object && !liveAlso(query.meta).includes(event.object)) continue;
      this.seldom.run(query.queryHash, () => this.readWhenQuiet(query));
    }
  }

  /** Counts and sums: those that a change of these fields, or one record more or less, may have changed. */
  private refreshCounts(event: ChangeEvent, verb: string): void {
    const fields = event.changes.map((change) => change.field);
    for (const query of this.queryClient.getQueryCache().findAll({ queryKey: queryKeys.object(event.object) })) {
      const kind = query.queryKey[2];
      if (kind !== "count" && kind !== "aggregate") continue;
      const asked = JSON.stringify(query.queryKey[3] ?? {});
      if (MOVES.has(verb) || mayMove({ filter: asked }, fields)) this.refetch(query);
    }
  }

  /** A deleted row says so for a moment, and goes. */
  private fade(object: string, id: string, how: Gone): void {
    const lists = this.queryClient.getQueryCache().findAll({ queryKey: queryKeys.lists(object) });
    if (!lists.some((query) => rowOf(query.state.data, id))) return;
    liveStore.addGone(id, how);
    setTimeout(() => {
      for (const query of lists) {
        // The bin is where it is now.
        if (!how.hidden && (query.queryKey[3] as ListQuery | undefined)?.deleted === "only") continue;
        this.queryClient.setQueryData<RecordListData>(query.queryKey, (data) => {
          if (!isRecordList(data)) return data;
          const left = (page: RecordPage) => ({ ...page, items: page.items.filter((item) => item.id !== id) });
          return { ...data, pages: data.pages.map(left) };
        });
      }
      liveStore.removeGone([id]);
    }, FADE_MS);
  }

  private computedOf(object: string): string[] {
    const meta = this.queryClient.getQueryData<Meta>(queryKeys.meta);
    const fields = meta?.objects.find((one) => one.name === object)?.fields ?? [];
    return fields.filter((field) => COMPUTED.has(field.type)).map((field) => field.name);
  }
}

/** A row as it is now, asked for as lists are: who asks for a record itself opens it, which may be counted. */
async function readRow(object: string, id: string, fields: string): Promise<RecordData | undefined> {
  return (await listRecords(object, { filter: `id == "${id}"`, fields, limit: 1 })).items[0];
}

/** Where there is no row, none can move under the pointer. */
function hasRows(data: unknown): boolean {
  return isRecordList(data) && data.pages.some((page) => page.items.length > 0);
}

function rowOf(data: unknown, id: string): RecordData | undefined {
  if (!isRecordList(data)) return undefined;
  for (const page of data.pages) {
    const found = page.items.find((item) => item.id === id);
    if (found) return found;
  }
  return undefined;
}

/** Whether an event is told in the timeline a query holds: it is in it already, or names the record the timeline is of. */
function toldIn(query: Query, event: ChangeEvent, id: string): boolean {
  const record = query.queryKey[3];
  const names = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(names) : (value as { id?: unknown } | null)?.id === record;
  if (event.changes.some((change) => names(change.old) || names(change.new))) return true;
  const data = query.state.data as InfiniteData<{ items: { id?: string | null }[] }> | undefined;
  return data?.pages?.some((page) => page.items.some((item) => item.id === id)) ?? false;
}

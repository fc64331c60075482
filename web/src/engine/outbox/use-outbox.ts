import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { isApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { runAction } from "@/api/records";
import { uploadFile } from "@/api/upload";
import { useErrorText } from "@/ui/error-text";
import { useMe } from "../session";
import { Outbox } from "./outbox";
import { browserStore, keptSomewhere, type OutboxItem } from "./store";

/** How often what waits is tried again while the browser says that there is a network. */
const AGAIN_MS = 15_000;
const LOCK = "guanxi-outbox";

let open: { member: string; outbox: Outbox } | null = null;
let words: (error: unknown) => string = () => "";
/** Records something waits for were drawn as they will be; what the server took is read again. */
let client: QueryClient | null = null;

async function upload(item: OutboxItem, at: number): Promise<string> {
  const kept = item.files[at];
  if (!kept) throw new Error("no such file");
  const file = new File([kept.content], kept.name, { type: kept.type });
  const stored = await uploadFile(file, () => undefined, undefined, undefined, `${item.id}-${at}`);
  return stored.id;
}

async function run(item: OutboxItem): Promise<void> {
  try {
    await runAction(item.object, item.record, item.action, item.input, item.id);
  } catch (error) {
    // The answer to the first try may have got lost, and what it was answered under this key has to be the same.
    if (!isApiError(error, "idempotency_mismatch")) throw error;
  }
}

async function alone(work: () => Promise<void>): Promise<void> {
  if (!("locks" in navigator)) return work();
  await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}

function outboxOf(member: string): Outbox {
  if (open?.member !== member) {
    const store = keptSomewhere(browserStore());
    const outbox = new Outbox({ store, upload, run, reason: (error) => words(error), alone }, member);
    outbox.onSent(() => void client?.invalidateQueries({ queryKey: queryKeys.records }));
    open = { member, outbox };
    void outbox.load().catch(() => undefined);
  }
  return open.outbox;
}

/** What of this member waits on this device, and the way to add to it. */
export function useOutbox(): { outbox: Outbox; items: readonly OutboxItem[] } {
  const outbox = outboxOf(useMe().user.id);
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  useEffect(() => {
    client = queryClient;
    words = errorText;
  }, [queryClient, errorText]);
  return { outbox, items: useSyncExternalStore(outbox.subscribe, outbox.list) };
}

/** Sends what waits: at the start, when the network is back, and now and then. Once in the app. */
export function useOutboxSending(): void {
  const { outbox, items } = useOutbox();
  const waits = items.some((item) => item.refused === undefined);
  useEffect(() => {
    const flush = () => void outbox.flush().catch(() => undefined);
    flush();
    window.addEventListener("online", flush);
    return () => window.removeEventListener("online", flush);
  }, [outbox]);
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => {
      if (navigator.onLine) void outbox.flush().catch(() => undefined);
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [outbox, waits]);
}

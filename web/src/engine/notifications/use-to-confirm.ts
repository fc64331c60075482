import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { Meta, RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";
import { findField, findObject, useMeta } from "../meta";
import { useMe } from "../session";

const NOTICE = "notice";
const RECEIPT = "notice_receipt";
/** Who has more to confirm than this has other worries; the newest come first. */
const MOST = 50;

export interface ToConfirm {
  id: string;
  title: string;
}

/** Notices meant for the caller that ask to be confirmed; null where there are none for him. */
export function toConfirmFilter(meta: Meta): string | null {
  const notice = findObject(meta, NOTICE);
  if (!notice || !findObject(meta, RECEIPT)) return null;
  const out = "must_read && published_at != null";
  // Who does not see whom else a notice is for, sees those alone that are for him.
  return findField(notice, "audience") ? `${out} && (everyone || me.id in audience || space != null)` : out;
}

/** Those of the notices that the caller has not confirmed. */
export function unconfirmed(notices: RecordData[], receipts: RecordData[]): ToConfirm[] {
  const done = new Set(receipts.map((receipt) => asReference(receipt.notice)?.id));
  return notices
    .filter((notice) => !done.has(notice.id))
    .map((notice) => ({ id: notice.id, title: asText(notice.title) }));
}

/** What the caller has still to confirm, the newest first; follows what is published and what he confirms. */
export function useToConfirm(): ToConfirm[] {
  const meta = useMeta();
  const me = useMe();
  const filter = toConfirmFilter(meta);
  const enabled = filter !== null && !me.viewer;
  const found = useQuery({
    queryKey: [...queryKeys.object(NOTICE), "to-confirm"],
    queryFn: async ({ signal }) => {
      const query = { filter: filter ?? "", sort: "-published_at", fields: "title", limit: MOST };
      const notices = (await listRecords(NOTICE, query, signal)).items;
      if (notices.length === 0) return [];
      const of = `notice in [${notices.map((notice) => `"${notice.id}"`).join(", ")}]`;
      const mine = { filter: `member == "${me.user.id}" && ${of}`, fields: "notice", limit: MOST };
      return unconfirmed(notices, (await listRecords(RECEIPT, mine, signal)).items);
    },
    enabled,
    staleTime: 60_000,
    meta: { live: true, liveAlso: [RECEIPT] },
  });
  return found.data ?? [];
}

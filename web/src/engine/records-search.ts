import { listRecords } from "@/api/records";
import type { RecordData } from "@/api/types";

const MOST = 20;

/** The first few records of an object by words, by name where nothing is asked for. */
export async function searchRecords(
  object: string,
  words: string,
  filter: string,
  signal?: AbortSignal,
): Promise<RecordData[]> {
  const page = await listRecords(
    object,
    { fields: "name", sort: "name", limit: MOST, ...(words.trim() ? { q: words } : {}), ...(filter ? { filter } : {}) },
    signal,
  );
  return page.items;
}

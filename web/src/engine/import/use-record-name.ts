import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import { titleText } from "@/fields/reference/title";
import { useObject } from "../meta";

/** What a record is called whose id alone is kept; null while it is read, or where it may not be seen. */
export function useRecordName(object: string, id: string): string | null {
  const title = useObject(object)?.title_field ?? "name";
  const record = useQuery({
    queryKey: queryKeys.record(object, id),
    queryFn: ({ signal }) => readRecord(object, id, undefined, signal),
    enabled: id !== "" && object !== "",
    staleTime: 60_000,
  });
  return record.data ? titleText(record.data[title]) || null : null;
}

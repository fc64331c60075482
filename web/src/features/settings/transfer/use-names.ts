import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import { quote } from "@/engine/filter/expression-tree";
import { asText } from "@/fields/values";

/** How records of an object are called, by their ids, as far as the caller sees them. */
export function useRecordNames(object: string, ids: string[]): (id: string) => string {
  const { t } = useTranslation();
  const wanted = [...new Set(ids)].sort();
  const query = { filter: `id in [${wanted.map(quote).join(", ")}]`, fields: "name", limit: 200 };
  const list = useQuery({
    queryKey: [...queryKeys.object(object), "names", wanted],
    queryFn: async ({ signal }) => (await listRecords(object, query, signal)).items,
    enabled: wanted.length > 0,
    staleTime: 60_000,
  });
  return (id) => {
    const found = list.data?.find((item) => item.id === id);
    return found ? asText(found.name) : list.data ? t("common.notVisible") : "…";
  };
}

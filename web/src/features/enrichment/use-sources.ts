import { useQuery } from "@tanstack/react-query";
import { ENRICHMENT_SOURCE, listSources } from "@/api/enrichment";
import { queryKeys } from "@/api/query-keys";
import { useObject } from "@/engine/meta";

/** The sources that the caller may have asked about records of an object; none where he may not. */
export function useSources(object: string) {
  const known = useObject(ENRICHMENT_SOURCE);
  const may = known?.actions.some(({ name }) => name === "enrich") === true;
  return useQuery({
    queryKey: [...queryKeys.object(ENRICHMENT_SOURCE), "of", object],
    queryFn: ({ signal }) => listSources(object, signal),
    enabled: may && object !== ENRICHMENT_SOURCE,
    staleTime: 60_000,
  });
}

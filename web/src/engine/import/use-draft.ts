import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  guessImport,
  type ImportGuess,
  type ImportPlan,
  type ImportProgress,
  type ImportTarget,
  type KnownMapping,
  listMappings,
} from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { useMe } from "../session";
import { initialMapping } from "./mapping";
import { draftOf, emptyPart, MAIN, type PlanDraft } from "./plan";
import { readStoredPlan } from "./stored-draft";

/** Where an import stands that is being prepared. */
export interface Opened {
  guess: ImportGuess;
  draft: PlanDraft;
  /** The mapping that was taken by itself, for it fits the file in everything. */
  taken: KnownMapping | null;
}

/** What the columns of the file seem to be in an object; it does not change. */
export function useGuesses(id: string): (object: string) => Promise<ImportGuess> {
  const queryClient = useQueryClient();
  return (object) =>
    queryClient.fetchQuery({
      queryKey: queryKeys.importGuess(id, object),
      queryFn: ({ signal }) => guessImport(id, object, signal),
      staleTime: Number.POSITIVE_INFINITY,
    });
}

/** A plan as something to go on with: what columns can become is asked for every object in it. */
export async function openPlan(
  plan: ImportPlan,
  guess: ImportGuess,
  guesses: (object: string) => Promise<ImportGuess>,
): Promise<PlanDraft> {
  const objects = [...new Set((plan.also ?? []).map((part) => part.object))];
  const others = await Promise.all(objects.map((object) => guesses(object)));
  const fields = new Map<string, ImportTarget[]>([[guess.object, guess.fields]]);
  for (const other of others) fields.set(other.object, other.fields);
  return draftOf(plan, guess.object, guess.columns, fields);
}

/** The mappings people saved and those that come with the product, the fittest first. */
export function useMappings(object: string, id: string) {
  return useQuery({
    queryKey: queryKeys.importMappings(object, id),
    queryFn: ({ signal }) => listMappings(object, id, signal),
    select: ({ items }) => [...items].sort((a, b) => (b.fit ?? 0) - (a.fit ?? 0)),
    staleTime: 60_000,
  });
}

/** Opens an import that is being prepared: with what was said of it before, with a mapping that fits, or with guesses. */
export function useOpened(progress: ImportProgress, enabled: boolean) {
  const { id, object, plan } = progress;
  const me = useMe();
  const queryClient = useQueryClient();
  const guesses = useGuesses(id);
  return useQuery({
    queryKey: queryKeys.importDraft(id),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    // What is edited begins here: another visit begins with what was stored meanwhile.
    gcTime: 0,
    queryFn: async (): Promise<Opened> => {
      const guess = await guesses(object);
      const earlier = readStoredPlan(me.user.id, id, Date.now()) ?? plan ?? null;
      if (earlier) return { guess, draft: await openPlan(earlier, guess, guesses), taken: null };
      const known = await queryClient
        .fetchQuery({
          queryKey: queryKeys.importMappings(object, id),
          queryFn: ({ signal }) => listMappings(object, id, signal),
          staleTime: 60_000,
        })
        // Without them the guesses do.
        .catch(() => ({ items: [] }));
      const taken = known.items.find((one) => one.source === "saved" && one.fit === 1 && one.plan !== null);
      if (taken?.plan) return { guess, draft: await openPlan(taken.plan, guess, guesses), taken };
      const part = emptyPart(MAIN, object, guess.fields, initialMapping(guess));
      return { guess, draft: { parts: [part], owners: null, departments: null }, taken: null };
    },
  });
}

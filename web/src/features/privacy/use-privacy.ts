import { useQuery } from "@tanstack/react-query";
import { findPerson, previewErasure, previewRetention, REQUEST, RULE, readMayContact } from "@/api/privacy";
import { queryKeys } from "@/api/query-keys";

/** Below the record: whatever happens to records makes what is said of them stale. */
const below = (object: string, id: string, what: string) => [...queryKeys.record(object, id), "privacy", what];

export const useMayContact = (object: string, id: string) =>
  useQuery({
    queryKey: below(object, id, "may_contact"),
    queryFn: () => readMayContact(object, id),
    placeholderData: (before) => before,
    staleTime: 10_000,
    retry: false,
  });

export const useCandidates = (request: string) =>
  useQuery({
    queryKey: below(REQUEST, request, "find"),
    queryFn: () => findPerson(request),
    staleTime: 0,
    retry: false,
  });

export const useConcerned = (request: string, enabled: boolean) =>
  useQuery({
    queryKey: below(REQUEST, request, "concerned"),
    queryFn: async () => (await previewErasure(request)).records,
    enabled,
    placeholderData: (before) => before,
    staleTime: 0,
    retry: false,
  });

export const useRetentionPreview = (rule: string, version: number) =>
  useQuery({
    queryKey: [...below(RULE, rule, "preview"), version],
    queryFn: () => previewRetention(rule),
    placeholderData: (before) => before,
    staleTime: 0,
    retry: false,
  });

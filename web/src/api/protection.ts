import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

/** What may leave the workspace and how long the audit log is kept. */
export type ProtectionPolicy = components["schemas"]["ProtectionPolicy"];

export const protectionOptions = queryOptions({
  queryKey: queryKeys.protection,
  queryFn: ({ signal }) => answer(api.GET("/protection-policy", { signal })) as Promise<ProtectionPolicy>,
});

export const changeProtection = (policy: ProtectionPolicy): Promise<ProtectionPolicy> =>
  answer(api.PATCH("/protection-policy", { body: policy })) as Promise<ProtectionPolicy>;

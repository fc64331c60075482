import { answer, api, apiUrl } from "./client";
import type { components, operations } from "./generated/openapi";

/** Who did what, for administrators and auditors. */

export type AuditEntry = components["schemas"]["AuditEntry"];
export type AuditVerification = components["schemas"]["Verification"];
type Asked = NonNullable<operations["listAudit"]["parameters"]["query"]>;
/** What is looked for; what is absent does not matter. */
export type AuditSearch = Omit<Asked, "cursor" | "limit">;

export interface AuditPage {
  items: AuditEntry[];
  next_cursor: string | null;
}

export const readAudit = (query: Asked, signal?: AbortSignal): Promise<AuditPage> =>
  answer(api.GET("/audit", { params: { query }, signal }));

/** Whether the log is as it was written. */
export const verifyAudit = (): Promise<AuditVerification> => answer(api.GET("/audit/verify"));

/** Where the rows looked for are as CSV. */
export const auditFile = (search: AuditSearch): string => apiUrl("/audit/export", search);

import type { AuditSearch } from "@/api/audit";
import { addDays, instantAt } from "@/engine/calendar/days";

/** What is looked for, as the address of the page says it; days are those of the viewer's time zone. */
export interface AuditFilter {
  from?: string;
  /** The last day that counts. */
  to?: string;
  actor?: string;
  verb?: string;
  object?: string;
  record?: string;
}

const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** The question to the server. */
export function toAuditSearch({ from, to, ...rest }: AuditFilter, timeZone: string): AuditSearch {
  return {
    ...rest,
    ...(isDay(from) ? { from: instantAt(from, 0, timeZone) } : {}),
    ...(isDay(to) ? { until: instantAt(addDays(to, 1), 0, timeZone) } : {}),
  };
}

/** What is written down, in the order the filter offers it. */
export const AUDIT_VERBS = [
  "create",
  "update",
  "delete",
  "restore",
  "erase",
  "action",
  "batch",
  "bulk",
  "import",
  "export",
  "import_calendar",
  "fill_holidays",
  "export_refused",
  "export_fetched",
  "refused",
  "undo",
  "upload",
  "read",
  "share",
  "unshare",
  "sign_in",
  "sign_in_step",
  "sign_in_failed",
  "sign_in_locked",
  "sign_out",
  "sign_out_refused",
  "lock",
  "repeat_task",
  "escalate",
  "unlock",
  "end_session",
  "prove_identity",
  "set_password",
  "add_factor",
  "remove_factor",
  "reset_factors",
  "replace_recovery_codes",
  "use_recovery_code",
  "add_api_key",
  "remove_api_key",
  "change_profile",
  "add_member",
  "deactivate",
  "invite",
  "activate",
  "make_reset_link",
  "reset_password",
  "revoke_link",
  "change_schema",
  "change_settings",
  "change_sign_in_policy",
  "change_protection_policy",
  "change_file_policy",
  "change_sms_gateway",
  "add_push",
  "remove_push",
  "replace_push_key",
  "confirm_sms_number",
  "remove_sms_number",
  "search_duplicates",
  "merge",
  "decide_duplicates",
  "merge_duplicates_by_themselves",
  "revise",
  "make_file_link",
  "revoke_file_link",
  "use_file_link",
  "web_form",
  "prune_audit",
  "add_identity_provider",
  "change_identity_provider",
  "remove_identity_provider",
  "sync_directory",
  "add_scim_token",
  "remove_scim_token",
  "bind_identity",
  "release_identity",
  "view_as",
  "end_view_as",
  "set_up",
  "create_workspace",
  "make_demo",
] as const;

export type AuditVerb = (typeof AUDIT_VERBS)[number];

/** The log keeps what it was told when it was told; what is not known here is shown as it stands. */
export function isKnownVerb(verb: string): verb is AuditVerb {
  return (AUDIT_VERBS as readonly string[]).includes(verb);
}

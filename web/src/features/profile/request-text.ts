import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { asReference, asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";

export const REQUEST = "rights_request";

/** Whether a request still waits for somebody. */
export function isOpen(request: RecordData): boolean {
  return request.state === "waiting_head" || request.state === "waiting_grant";
}

/** Whether what was granted is over. */
export function isOver(request: RecordData, now: number): boolean {
  const until = asText(request.granted_until);
  return request.state === "approved" && until !== "" && Date.parse(until) <= now;
}

/** What a request asks for, in words. */
export function useRequestText(object: ObjectMeta): (request: RecordData) => string {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  return (request) => {
    const target = asText(request.target_object);
    const named = label(findObject(meta, target)?.label) || target;
    if (request.kind === "object") return t("held.kindOf", { object: named });
    if (request.kind === "record") {
      const level = request.level === "write" ? "write" : "read";
      return t("held.record", { object: named, level: t(`held.levels.${level}`) });
    }
    const option = findField(object, "role")?.options?.find(({ value }) => value === request.role);
    const role = option ? label(option.label) : asText(request.role);
    const department = asReference(request.department);
    return department ? t("held.roleWithin", { role, department: department.label ?? "" }) : t("held.role", { role });
  };
}

/** The record a link leads to, or an id alone; null where it is neither. */
export function recordOf(text: string): { object: string | null; id: string } | null {
  const id = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}";
  const link = new RegExp(`/r/([a-z][a-z0-9_]*)/(${id})`).exec(text);
  if (link?.[1] && link[2]) return { object: link[1], id: link[2] };
  return new RegExp(`^${id}$`).test(text.trim()) ? { object: null, id: text.trim() } : null;
}

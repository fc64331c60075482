import { useTranslation } from "react-i18next";
import type { HeldRole } from "@/api/held-rights";
import { useFormats } from "@/i18n/formats";

/** Where a role holds: everywhere, or within a department. */
export function useWhere(): (held: HeldRole) => string {
  const { t } = useTranslation();
  return (held) =>
    held.department ? t("held.within", { name: held.department.label ?? t("held.nothing") }) : t("held.everywhere");
}

/** Where a role comes from: the member himself, a grant, or a job post. */
export function useSource(): (held: HeldRole) => string {
  const { t } = useTranslation();
  return (held) => {
    if (held.post) return t("held.fromPost", { name: held.post.label ?? t("held.nothing") });
    return held.grant ? t("held.fromGrant") : t("held.fromRecord");
  };
}

/** From when until when a role holds. */
export function useWhen(): (held: HeldRole) => string {
  const { t } = useTranslation();
  const formats = useFormats();
  return (held) => {
    const from = held.starts_at ? t("held.from", { when: formats.dateTime(held.starts_at) }) : "";
    const until = held.ends_at ? t("held.until", { when: formats.dateTime(held.ends_at) }) : "";
    return [from, until].filter(Boolean).join(" ") || t("held.forGood");
  };
}

/** Whether a role is given already and does not hold yet. */
export function isAhead(held: HeldRole, now: number): boolean {
  return held.starts_at !== null && Date.parse(held.starts_at) > now;
}

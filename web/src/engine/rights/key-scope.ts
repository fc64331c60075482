import { useTranslation } from "react-i18next";
import type { KeyScope } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { findField, findObject, useMeta, useObject } from "../meta";

const ACTION = "action ";

/** What a key has of its owner's rights, as a sentence. */
export function useKeyScopeText(): (scope: KeyScope | null | undefined) => string {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const user = useObject("user");
  const comma = t("profile.listComma");
  return (scope) => {
    if (scope?.calendar || scope?.caldav) return t("profile.scopeCalendar");
    const names = Object.keys(scope?.objects ?? {});
    const labels = names.map((name) => label(findObject(meta, name)?.label) || name);
    const actions = Object.values(scope?.objects ?? {}).some((verbs) => verbs.some((verb) => verb.startsWith(ACTION)));
    const options = (user ? findField(user, "roles")?.options : null) ?? [];
    const roles = scope?.roles?.map((role) => label(options.find((it) => it.value === role)?.label) || role);
    const objects = !scope?.objects
      ? t("profile.scopeAll")
      : names.length === 1 && names[0] === "*"
        ? t("profile.scopeRead")
        : t(actions ? "profile.scopeSomeActions" : "profile.scopeSome", { objects: labels.join(comma) });
    return roles?.length ? t("profile.scopeWithRoles", { scope: objects, roles: roles.join(comma) }) : objects;
  };
}

/** An action as the scope of a key writes it. */
export const actionVerb = (action: string): string => `${ACTION}${action}`;

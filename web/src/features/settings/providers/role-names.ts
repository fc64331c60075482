import { useTranslation } from "react-i18next";
import type { SelectOption } from "@/api/types";
import { findField, useObject } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";

/** All roles there are. */
export function useRoles(): SelectOption[] {
  const user = useObject("user");
  return (user ? findField(user, "roles")?.options : undefined) ?? [];
}

/** Roles by their names, as a list for people. */
export function useRoleNames(): (roles: string[]) => string {
  const { t } = useTranslation();
  const label = useLabel();
  const roles = useRoles();
  return (names) =>
    names.map((name) => label(roles.find((it) => it.value === name)?.label) || name).join(t("profile.listComma"));
}

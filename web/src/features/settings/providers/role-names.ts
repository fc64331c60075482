import { useTranslation } from "react-i18next";
import type { SelectOption } from "@/api/types";
import { findField, useObject } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { titleText } from "@/fields/reference/title";
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

/** Roles to choose for members that are made by themselves: administrators are not. */
export function useRoleOptions(): { value: string; label: string }[] {
  const label = useLabel();
  return useRoles()
    .filter((it) => it.value !== "administrator")
    .map((it) => ({ value: it.value, label: label(it.label) }));
}

/** Departments to choose from. */
export function useDepartmentOptions(enabled: boolean): { value: string; label: string }[] {
  const departments = useRecordList("department", { sort: "name", fields: "name", limit: 500 }, { enabled });
  const items = departments.data?.pages.flatMap((page) => page.items) ?? [];
  return items.map((it) => ({ value: it.id, label: titleText(it.name) ?? it.id }));
}

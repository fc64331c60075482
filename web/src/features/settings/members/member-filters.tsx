import { SearchOutlined } from "@ant-design/icons";
import { Input, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { findField } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ALL_ACTIVE, type MemberSearch, MOST_WAITING } from "./member-search";

interface MemberFiltersProps {
  user: ObjectMeta;
  chosen: MemberSearch;
  /** How many have no password yet. */
  waiting: number;
  onChange: (next: MemberSearch) => void;
}

/** Which members are shown: by whether they may sign in, name, role and department. */
export function MemberFilters({ user, chosen, waiting, onChange }: MemberFiltersProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const roles = (findField(user, "roles")?.options ?? []).map((it) => ({ value: it.value, label: label(it.label) }));
  const department = t("settings.members.department");
  return (
    <>
      <div className="gx-field-table-head">
        <Segmented<MemberSearch["state"]>
          value={chosen.state}
          onChange={(state) => onChange({ ...chosen, state })}
          options={[
            { value: "active", label: t("settings.members.active") },
            { value: "waiting", label: t("settings.members.waiting", { n: waiting }) },
            { value: "inactive", label: t("settings.members.inactive") },
          ]}
          aria-label={t("settings.members.title")}
        />
        <Input
          prefix={<SearchOutlined />}
          allowClear
          value={chosen.typed}
          onChange={(event) => onChange({ ...chosen, typed: event.target.value })}
          placeholder={t("settings.members.search")}
          aria-label={t("settings.members.search")}
        />
      </div>
      <div className="gx-member-filters">
        <Select<string>
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          value={chosen.role}
          onChange={(role: string | undefined) => onChange({ ...chosen, role: role ?? ALL_ACTIVE.role })}
          options={roles}
          placeholder={t("held.anyRole")}
          aria-label={t("settings.members.roles")}
          popupMatchSelectWidth={false}
        />
        <div className="gx-member-picker">
          <FieldInput
            field={pickerField("department", { "zh-CN": department, en: department }, false)}
            id="members-department"
            placeholder={t("held.anyDepartment")}
            value={chosen.department}
            onChange={(next) => onChange({ ...chosen, department: asReference(next) })}
          />
        </div>
      </div>
      {chosen.state === "waiting" && waiting > MOST_WAITING ? (
        <p className="gx-muted">{t("settings.members.waitingMore", { n: MOST_WAITING })}</p>
      ) : null}
    </>
  );
}

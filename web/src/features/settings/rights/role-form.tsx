import { Checkbox, Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { RoleDefinition, StoredRole } from "@/api/rights";
import { useLabel } from "@/i18n/i18n";
import { ColorChoice } from "../color-choice";
import { LabelInput } from "../schema/label-input";
import { FROM_NOTHING } from "./role-draft";

interface RoleFormProps {
  role: RoleDefinition;
  roles: StoredRole[];
  /** What a new role started from; null for one that exists. */
  from: string | null;
  onFrom: (source: string) => void;
  dirty: boolean;
  onChange: (role: RoleDefinition) => void;
}

/** What the role is called and what is not about single objects. */
export function RoleForm({ role, roles, from, onFrom, dirty, onChange }: RoleFormProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const help = role.help ?? { "zh-CN": "", en: "" };
  const unnamed = role.label["zh-CN"].trim() === "" && role.label.en.trim() === "";
  return (
    <Form layout="vertical" component="div" className="gx-panel gx-role-form">
      <LabelInput
        id="role-label"
        title={t("rights.roles.name")}
        value={role.label}
        onChange={(next) => onChange({ ...role, label: next })}
        required
        problem={dirty && unnamed ? t("rights.roles.nameNeeded") : null}
        autoFocus={from !== null}
      />
      {from !== null ? (
        <Form.Item label={t("rights.roles.from")} htmlFor="role-from">
          <Select<string>
            id="role-from"
            value={from}
            onChange={onFrom}
            options={[
              { value: "", label: t("rights.roles.fromBasics") },
              { value: FROM_NOTHING, label: t("rights.roles.fromEmpty") },
              ...roles
                .filter((one) => !one.definition.administrator)
                .map((one) => ({ value: one.definition.name, label: label(one.definition.label) })),
            ]}
          />
        </Form.Item>
      ) : null}
      <details className="gx-conditions">
        <summary>{t("rights.roles.more")}</summary>
        <LabelInput
          id="role-help"
          title={t("rights.roles.help")}
          value={help}
          onChange={(next) => onChange({ ...role, help: next })}
        />
        <Form.Item label={t("rights.roles.color")}>
          <ColorChoice
            name="role-color"
            label={t("rights.roles.color")}
            value={role.color}
            onChange={(color) => onChange({ ...role, color })}
          />
        </Form.Item>
        <Form.Item label={t("rights.roles.gives")} htmlFor="role-gives" extra={t("rights.roles.givesHelp")}>
          <Select<string[]>
            id="role-gives"
            mode="multiple"
            value={role.gives ?? []}
            onChange={(gives) => onChange({ ...role, gives })}
            options={roles.map((one) => ({ value: one.definition.name, label: label(one.definition.label) }))}
            showSearch={{ optionFilterProp: "label" }}
          />
        </Form.Item>
        <Form.Item extra={t("rights.roles.auditorHelp")}>
          <Checkbox
            checked={role.auditor === true}
            onChange={(event) => onChange({ ...role, auditor: event.target.checked })}
          >
            {t("rights.roles.auditor")}
          </Checkbox>
        </Form.Item>
        <Form.Item extra={t("rights.roles.branchHelp")}>
          <Checkbox
            checked={role.branch_administrator === true}
            onChange={(event) => onChange({ ...role, branch_administrator: event.target.checked })}
          >
            {t("rights.roles.branch")}
          </Checkbox>
        </Form.Item>
      </details>
    </Form>
  );
}

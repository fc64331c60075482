import { Checkbox, Form, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useDepartmentOptions, useRoleOptions } from "./role-names";

/** Whether departments and members are taken over from the directory, and how; within a form with `takes`. */
export function OrganisationFields({ takes }: { takes: boolean }) {
  const { t } = useTranslation();
  const departments = useDepartmentOptions(takes);
  const roles = useRoleOptions();
  const needed = (field: string) => [{ required: true, whitespace: true, message: t("common.required", { field }) }];
  return (
    <>
      <Form.Item name="takes" valuePropName="checked" extra={t("ldap.takesHelp")}>
        <Checkbox>{t("ldap.takes")}</Checkbox>
      </Form.Item>
      {takes ? (
        <>
          <Form.Item
            name="member_roles"
            label={t("providers.roles")}
            rules={[{ required: true, type: "array", min: 1, message: t("settings.signIn.rolesNeeded") }]}
          >
            <Select mode="multiple" optionFilterProp="label" options={roles} />
          </Form.Item>
          <Form.Item name="units" label={t("ldap.units")} rules={needed(t("ldap.units"))}>
            <Input autoComplete="off" />
          </Form.Item>
          <Form.Item name="unit_name" label={t("ldap.unitName")} rules={needed(t("ldap.unitName"))}>
            <Input autoComplete="off" style={{ width: 160 }} />
          </Form.Item>
          <Form.Item name="below" label={t("ldap.below")} extra={t("ldap.belowHelp")}>
            <Select allowClear showSearch optionFilterProp="label" options={departments} />
          </Form.Item>
          <Form.Item
            name="most_leavers"
            label={t("ldap.mostLeavers")}
            extra={t("ldap.mostLeaversHelp")}
            rules={[{ required: true, message: t("common.required", { field: t("ldap.mostLeavers") }) }]}
          >
            <InputNumber min={1} max={100} precision={0} suffix="%" style={{ width: 160 }} />
          </Form.Item>
          <Form.Item name="daily" valuePropName="checked">
            <Checkbox>{t("ldap.daily")}</Checkbox>
          </Form.Item>
        </>
      ) : null}
    </>
  );
}

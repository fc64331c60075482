import { Checkbox, Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useDepartmentOptions, useRoleOptions } from "./role-names";

/** Whether members are made of people nobody knows here, and of what kind; within a form with `makes`. */
export function NewMembersFields({ makes }: { makes: boolean }) {
  const { t } = useTranslation();
  const departments = useDepartmentOptions(makes);
  const roles = useRoleOptions();
  return (
    <>
      <Form.Item name="makes" valuePropName="checked" extra={t("providers.makesHelp")}>
        <Checkbox>{t("providers.makes")}</Checkbox>
      </Form.Item>
      {makes ? (
        <>
          <Form.Item
            name="roles"
            label={t("providers.roles")}
            rules={[{ required: true, type: "array", min: 1, message: t("settings.signIn.rolesNeeded") }]}
          >
            <Select mode="multiple" optionFilterProp="label" options={roles} />
          </Form.Item>
          <Form.Item name="department" label={t("providers.department")}>
            <Select allowClear showSearch optionFilterProp="label" options={departments} />
          </Form.Item>
          <Form.Item name="domains" label={t("providers.domains")} extra={t("providers.domainsHelp")}>
            <Select mode="tags" tokenSeparators={[",", " ", "，"]} placeholder="example.com" open={false} />
          </Form.Item>
        </>
      ) : null}
    </>
  );
}

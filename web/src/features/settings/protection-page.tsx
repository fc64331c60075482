import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { changeProtection, type ProtectionPolicy, protectionOptions } from "@/api/protection";
import { queryKeys } from "@/api/query-keys";
import { findField, useObject } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "./settings-frame";

/** Half a year: what the server keeps of the audit log at least. */
const LEAST_DAYS = 183;

interface PolicyForm {
  export_reason_above?: number | null;
  export_most?: number | null;
  of_roles: { role: string; most: number }[];
  audit_days?: number | null;
}

function toForm(policy: ProtectionPolicy): PolicyForm {
  const { export_most_of_roles: roles, ...rest } = policy;
  return { ...rest, of_roles: Object.entries(roles ?? {}).map(([role, most]) => ({ role, most })) };
}

function fromForm({ of_roles, ...rest }: PolicyForm): ProtectionPolicy {
  return {
    export_reason_above: rest.export_reason_above ?? null,
    export_most: rest.export_most ?? null,
    audit_days: rest.audit_days ?? null,
    export_most_of_roles: Object.fromEntries(of_roles.map(({ role, most }) => [role, most])),
  };
}

/** How much may be exported by whom, when a reason is asked for, and how long the audit log is kept. */
export function SettingsProtectionPage() {
  const { t } = useTranslation();
  const policy = useQuery(protectionOptions);
  return (
    <SettingsFrame title={t("settings.protection.title")} subtitle={t("settings.protection.text")}>
      {policy.error ? <ErrorState error={policy.error} onRetry={() => void policy.refetch()} /> : null}
      {policy.isPending ? <PageSkeleton rows={6} /> : null}
      {policy.data ? <PolicyEditor policy={policy.data} /> : null}
    </SettingsFrame>
  );
}

function PolicyEditor({ policy }: { policy: ProtectionPolicy }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [form] = Form.useForm<PolicyForm>();
  const save = useMutation({
    mutationFn: (values: PolicyForm) => changeProtection(fromForm(values)),
    onSuccess: (saved) => {
      queryClient.setQueryData(queryKeys.protection, saved);
      void message.success(t("common.saved"));
    },
  });
  const problems = save.error instanceof ApiError ? save.error.fieldErrors.map((it) => it.message) : [];
  const number = (name: "export_reason_above" | "export_most" | "audit_days", unit: string, min: number) => (
    <Form.Item
      name={name}
      label={t(`settings.protection.${name}`)}
      extra={t(`settings.protection.${name}Help`)}
      rules={[{ type: "number", min, message: t("settings.protection.atLeast", { min }) }]}
    >
      <InputNumber min={0} precision={0} suffix={unit} style={{ width: 200 }} />
    </Form.Item>
  );
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={toForm(policy)}
      onFinish={(values) => save.mutate(values)}
    >
      {save.error ? (
        <Alert type="error" showIcon title={problems.join("；") || errorText(save.error)} className="gx-drawer-note" />
      ) : null}
      <section className="gx-panel">
        <h2>{t("settings.protection.exports")}</h2>
        <p>{t("settings.protection.exportsText")}</p>
        {number("export_reason_above", t("settings.protection.records"), 0)}
        {number("export_most", t("settings.protection.records"), 0)}
        <RoleLimits />
      </section>
      <section className="gx-panel">
        <h2>{t("settings.protection.log")}</h2>
        <p>{t("settings.protection.logText")}</p>
        {number("audit_days", t("settings.protection.days"), LEAST_DAYS)}
      </section>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("common.save")}
      </Button>
    </Form>
  );
}

/** Limits of single roles, which stand instead of the general one. */
function RoleLimits() {
  const { t } = useTranslation();
  const label = useLabel();
  const user = useObject("user");
  const roles = (user ? findField(user, "roles")?.options : undefined) ?? [];
  return (
    <Form.Item label={t("settings.protection.of_roles")} extra={t("settings.protection.of_rolesHelp")}>
      <Form.List name="of_roles">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="gx-role-limit">
                <Form.Item
                  name={[row.name, "role"]}
                  noStyle
                  rules={[{ required: true, message: t("settings.protection.roleNeeded") }]}
                >
                  <Select
                    showSearch={{ optionFilterProp: "label" }}
                    placeholder={t("settings.protection.role")}
                    aria-label={t("settings.protection.role")}
                    options={roles.map((role) => ({ value: role.value, label: label(role.label) }))}
                  />
                </Form.Item>
                <Form.Item
                  name={[row.name, "most"]}
                  noStyle
                  rules={[{ required: true, type: "number", message: t("settings.protection.mostNeeded") }]}
                >
                  <InputNumber
                    min={0}
                    precision={0}
                    suffix={t("settings.protection.records")}
                    aria-label={t("settings.protection.export_most")}
                  />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  onClick={() => remove(row.name)}
                  aria-label={t("common.delete")}
                />
              </div>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add()}>
              {t("settings.protection.addRole")}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}

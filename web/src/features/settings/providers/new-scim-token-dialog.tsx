import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, DatePicker, Form, Input, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { addScimToken } from "@/api/scim";
import { useFormGuard } from "@/engine/form/form-guard";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { SecretOnce } from "@/ui/secret-once";
import { useRoles } from "./role-names";

interface NewTokenForm {
  name: string;
  roles: string[];
  expires?: Dayjs | null;
}

/** Makes a token that gives no more than the roles chosen, and shows it once. */
export function NewScimTokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const roles = useRoles();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [form] = Form.useForm<NewTokenForm>();
  const chosen = Form.useWatch("roles", form) ?? [];
  const create = useMutation({
    mutationFn: (values: NewTokenForm) =>
      addScimToken({
        name: values.name,
        roles: values.roles,
        ...(values.expires ? { expires_at: values.expires.endOf("day").toISOString() } : {}),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.scimTokens }),
  });
  const { close } = useFormGuard(form, onClose, create.isSuccess);
  if (create.data) {
    const { name, token } = create.data;
    return <SecretOnce title={name} text={t("scim.shownOnce")} secret={token} onClose={onClose} />;
  }
  // Everybody may be kept by it but administrators, unless somebody says so.
  const usual = roles.map((it) => it.value).filter((it) => it !== "administrator");
  return (
    <Modal
      open
      title={t("scim.add")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("common.create")}
      confirmLoading={create.isPending}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ roles: usual }}
        onFinish={(values) => create.mutate(values)}
      >
        {create.error ? (
          <Alert type="error" showIcon title={errorText(create.error)} className="gx-drawer-note" />
        ) : null}
        <Form.Item
          name="name"
          label={t("scim.name")}
          rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("scim.name") }) }]}
        >
          <Input placeholder={t("scim.namePlaceholder")} maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item
          name="roles"
          label={t("scim.roles")}
          extra={t("scim.rolesHelp")}
          rules={[{ required: true, type: "array", min: 1, message: t("scim.rolesNeeded") }]}
        >
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={roles.map((it) => ({ value: it.value, label: label(it.label) }))}
          />
        </Form.Item>
        {chosen.includes("administrator") ? (
          <Alert type="warning" showIcon title={t("scim.powerfulText")} className="gx-drawer-note" />
        ) : null}
        <Form.Item name="expires" label={t("scim.expires")}>
          <DatePicker style={{ width: "100%" }} placeholder={t("scim.noEnd")} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

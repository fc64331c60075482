import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Checkbox, DatePicker, Form, Input, Modal, Radio, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addApiKey } from "@/api/account";
import { queryKeys } from "@/api/query-keys";
import type { KeyScope } from "@/api/types";
import { useFormGuard } from "@/engine/form/form-guard";
import { findField, findObject, useMeta, useObject } from "@/engine/meta";
import { actionVerb } from "@/engine/rights/key-scope";
import { useMe } from "@/engine/session";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { SecretOnce } from "@/ui/secret-once";

const VERBS = ["read", "create", "update", "delete", "import", "export", "bulk", "share", "assign", "lock"] as const;
type Reach = "read" | "some" | "all";

interface NewKeyForm {
  name: string;
  expires?: Dayjs | null;
  reach: Reach;
  objects?: string[];
  verbs?: string[];
  /** `OBJECT action NAME`. */
  actions?: string[];
  roles?: string[];
}

/** A key that ends is what one begins with; who needs one for good says so. */
const start = (): Partial<NewKeyForm> & Pick<NewKeyForm, "reach"> => ({
  reach: "read",
  verbs: ["read"],
  expires: dayjs().add(1, "year"),
});

function scopeOf({ reach, objects = [], verbs = [], actions = [], roles = [] }: NewKeyForm): KeyScope | null {
  const limited = roles.length > 0 ? { roles } : {};
  if (reach === "all") return roles.length > 0 ? limited : null;
  if (reach === "read") return { objects: { "*": ["read"] }, ...limited };
  const of = (object: string) =>
    actions.filter((it) => it.startsWith(`${object} `)).map((it) => it.slice(object.length + 1));
  return { objects: Object.fromEntries(objects.map((object) => [object, [...verbs, ...of(object)]])), ...limited };
}

/** Makes a key that may do as little as its program needs, and shows it once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [form] = Form.useForm<NewKeyForm>();
  const reach = Form.useWatch("reach", form) ?? "read";
  const objects: string[] = Form.useWatch("objects", form) ?? [];
  const [begin] = useState(start);
  const actions = objects.flatMap((name) => {
    const object = findObject(meta, name);
    const options = object?.actions.map((action) => ({
      value: `${name} ${actionVerb(action.name)}`,
      label: label(action.label),
    }));
    return object && options?.length ? [{ label: label(object.label), options }] : [];
  });
  const create = useMutation({
    mutationFn: (values: NewKeyForm) =>
      addApiKey({
        name: values.name,
        scope: scopeOf(values),
        ...(values.expires ? { expires_at: values.expires.endOf("day").toISOString() } : {}),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys }),
  });
  const { close } = useFormGuard(form, onClose, create.isSuccess);
  if (create.data) {
    const { name, key } = create.data;
    return <SecretOnce title={name} text={t("profile.keyShownOnce")} secret={key} onClose={onClose} />;
  }
  return (
    <Modal
      open
      title={t("profile.newKey")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("common.create")}
      confirmLoading={create.isPending}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={begin}
        onFinish={(values) => create.mutate(values)}
      >
        {create.error ? (
          <Alert type="error" showIcon title={errorText(create.error)} className="gx-profile-note" />
        ) : null}
        <Form.Item
          name="name"
          label={t("profile.keyName")}
          rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("profile.keyName") }) }]}
        >
          <Input placeholder={t("profile.keyNamePlaceholder")} maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item name="reach" label={t("profile.scope")} extra={t("profile.scopeHelp")}>
          <Radio.Group
            vertical
            options={(["read", "some", "all"] as const).map((value) => ({
              value,
              label: t(`profile.scopes.${value}`),
            }))}
          />
        </Form.Item>
        {reach === "some" ? (
          <>
            <Form.Item
              name="objects"
              label={t("profile.scopeObjects")}
              rules={[{ required: true, type: "array", min: 1, message: t("profile.scopeObjectsNeeded") }]}
            >
              <Select
                mode="multiple"
                optionFilterProp="label"
                options={meta.objects.map((object) => ({ value: object.name, label: label(object.label) }))}
              />
            </Form.Item>
            <Form.Item
              name="verbs"
              label={t("profile.scopeVerbs")}
              rules={[{ required: true, type: "array", min: 1, message: t("profile.scopeVerbsNeeded") }]}
            >
              <Checkbox.Group options={VERBS.map((verb) => ({ value: verb, label: t(`rights.verbs.${verb}`) }))} />
            </Form.Item>
            {actions.length > 0 ? (
              <Form.Item name="actions" label={t("profile.scopeActions")} extra={t("profile.scopeActionsHelp")}>
                <Select mode="multiple" optionFilterProp="label" options={actions} />
              </Form.Item>
            ) : null}
          </>
        ) : null}
        <RolesItem />
        <Form.Item name="expires" label={t("profile.keyExpires")} extra={t("profile.keyExpiresHelp")}>
          <DatePicker style={{ width: "100%" }} placeholder={t("profile.keyNever")} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Those of one's roles that count for the key; nothing to choose for who has one. */
function RolesItem() {
  const { t } = useTranslation();
  const label = useLabel();
  const { user } = useMe();
  const object = useObject("user");
  const known = (object ? findField(object, "roles")?.options : null) ?? [];
  const options = user.roles.map((role) => ({
    value: role,
    label: label(known.find((option) => option.value === role)?.label) || role,
  }));
  if (options.length < 2) return null;
  return (
    <Form.Item name="roles" label={t("profile.scopeRoles")} extra={t("profile.scopeRolesHelp")}>
      <Select mode="multiple" optionFilterProp="label" options={options} />
    </Form.Item>
  );
}

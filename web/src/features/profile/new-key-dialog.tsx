import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Checkbox, DatePicker, Form, Input, Modal, Radio, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { addApiKey } from "@/api/account";
import { queryKeys } from "@/api/query-keys";
import type { KeyScope } from "@/api/types";
import { useFormGuard } from "@/engine/form/form-guard";
import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { SecretOnce } from "@/ui/secret-once";

const VERBS = ["read", "create", "update", "delete", "import", "export"] as const;
type Reach = "read" | "some" | "all";

interface NewKeyForm {
  name: string;
  expires?: Dayjs | null;
  reach: Reach;
  objects?: string[];
  verbs?: string[];
}

const START: Partial<NewKeyForm> & Pick<NewKeyForm, "reach"> = { reach: "read", verbs: ["read"] };

function scopeOf({ reach, objects = [], verbs = [] }: NewKeyForm): KeyScope | null {
  if (reach === "all") return null;
  if (reach === "read") return { objects: { "*": ["read"] } };
  return { objects: Object.fromEntries(objects.map((object) => [object, verbs])) };
}

/** Makes a key that may do as little as its program needs, and shows it once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [form] = Form.useForm<NewKeyForm>();
  const reach = Form.useWatch("reach", form) ?? START.reach;
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
        initialValues={START}
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
              <Checkbox.Group options={VERBS.map((verb) => ({ value: verb, label: t(`profile.verbs.${verb}`) }))} />
            </Form.Item>
          </>
        ) : null}
        <Form.Item name="expires" label={t("profile.keyExpires")}>
          <DatePicker style={{ width: "100%" }} placeholder={t("profile.keyNever")} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

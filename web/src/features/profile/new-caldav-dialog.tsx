import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, DatePicker, Form, Input, Modal, Radio, Switch } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { addApiKey } from "@/api/account";
import { queryKeys } from "@/api/query-keys";
import { useFormGuard } from "@/engine/form/form-guard";
import { useErrorText } from "@/ui/error-text";
import { SecretOnce } from "@/ui/secret-once";

interface NewPassword {
  name: string;
  write: boolean;
  others: boolean;
  expires?: Dayjs | null;
}

/** Makes a password for a calendar program and shows it once. */
export function NewCaldavDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [form] = Form.useForm<NewPassword>();
  const create = useMutation({
    mutationFn: ({ name, write, others, expires }: NewPassword) =>
      addApiKey({
        name,
        scope: { caldav: { write, others } },
        ...(expires ? { expires_at: expires.endOf("day").toISOString() } : {}),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys }),
  });
  const { close } = useFormGuard(form, onClose, create.isSuccess);
  if (create.data) {
    const { name, key } = create.data;
    return <SecretOnce title={name} text={t("caldav.shown")} secret={key} onClose={onClose} />;
  }
  return (
    <Modal
      open
      title={t("caldav.new")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("common.create")}
      confirmLoading={create.isPending}
    >
      <Form
        form={form}
        name="caldav"
        layout="vertical"
        requiredMark={false}
        initialValues={{ write: true, others: false }}
        onFinish={(values) => create.mutate(values)}
      >
        {create.error ? (
          <Alert type="error" showIcon title={errorText(create.error)} className="gx-profile-note" />
        ) : null}
        <Form.Item
          name="name"
          label={t("caldav.name")}
          rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("caldav.name") }) }]}
        >
          <Input autoFocus maxLength={100} placeholder={t("caldav.namePlaceholder")} />
        </Form.Item>
        <Form.Item name="write" label={t("caldav.reach")}>
          <Radio.Group
            vertical
            options={[
              { value: true, label: t("caldav.reachWrite") },
              { value: false, label: t("caldav.reachRead") },
            ]}
          />
        </Form.Item>
        <Form.Item name="others" label={t("caldav.others")} extra={t("caldav.othersHelp")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="expires" label={t("caldav.expires")}>
          <DatePicker style={{ width: "100%" }} placeholder={t("caldav.never")} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { changePassword } from "@/api/account";
import { setupOptions } from "@/api/queries";
import { queryKeys } from "@/api/query-keys";
import { useErrorText } from "@/ui/error-text";

interface PasswordForm {
  current: string;
  new: string;
  repeat: string;
}

export function PasswordPanel() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<PasswordForm>();
  const minimum = useQuery(setupOptions).data?.password_length ?? 8;
  const rule = t("joining.passwordRule", { n: minimum });
  const change = useMutation({
    mutationFn: (values: PasswordForm) => changePassword(values.current, values.new),
    onSuccess: () => {
      form.resetFields();
      void queryClient.invalidateQueries({ queryKey: queryKeys.sessions() });
      void message.success(t("profile.passwordChanged"));
    },
  });
  return (
    <section className="gx-panel">
      <h2>{t("profile.passwordTitle")}</h2>
      <p>{t("profile.passwordText")}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => change.mutate(values)}>
        {change.error ? (
          <Alert type="error" showIcon title={errorText(change.error)} style={{ marginBottom: 16 }} />
        ) : null}
        <Form.Item
          name="current"
          label={t("profile.currentPassword")}
          rules={[{ required: true, message: t("common.required", { field: t("profile.currentPassword") }) }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="new"
          label={t("profile.newPassword")}
          extra={`${rule}${t("joining.passwordHint")}`}
          rules={[{ required: true, min: minimum, message: rule }]}
          validateTrigger="onBlur"
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t("joining.repeatPassword")}
          dependencies={["new"]}
          validateTrigger="onBlur"
          rules={[
            {
              validator: (_rule, value: string | undefined) =>
                value === form.getFieldValue("new")
                  ? Promise.resolve()
                  : Promise.reject(new Error(t("joining.passwordMismatch"))),
            },
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button htmlType="submit" loading={change.isPending}>
          {t("profile.changePassword")}
        </Button>
      </Form>
    </section>
  );
}

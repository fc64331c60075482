import { MailOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { confirmByMail, confirmByPassword } from "@/api/providers";
import type { Me, NextStep, ProviderConfirmation } from "@/api/types";
import { useErrorText } from "@/ui/error-text";

interface ConfirmAccountProps {
  confirmation: ProviderConfirmation;
  onArrived: (answer: Me | NextStep) => void;
}

/** The first time by a provider: whoever has the address there confirms that he is the member who has it here. */
export function ConfirmAccount({ confirmation, onArrived }: ConfirmAccountProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { confirm, email, provider, by_mail, by_password } = confirmation;
  const byPassword = useMutation({
    mutationFn: ({ password }: { password: string }) => confirmByPassword(confirm, password),
    onSuccess: onArrived,
  });
  const byMail = useMutation({ mutationFn: () => confirmByMail(confirm) });
  const failure = byPassword.error ?? byMail.error;
  if (byMail.isSuccess) {
    return (
      <>
        <h1>{t("providers.mailSent")}</h1>
        <p>{t("providers.mailSentText", { email })}</p>
      </>
    );
  }
  return (
    <>
      <h1>{t("providers.confirmTitle")}</h1>
      <p>{t("providers.confirmText", { email, provider })}</p>
      {failure ? (
        <Alert
          type="error"
          showIcon
          role="alert"
          style={{ marginBottom: 20 }}
          title={isApiError(failure, "bad_credentials") ? t("providers.wrongPassword") : errorText(failure)}
        />
      ) : null}
      {by_password ? (
        <Form
          layout="vertical"
          requiredMark={false}
          size="large"
          onFinish={(values: { password: string }) => {
            byMail.reset();
            byPassword.mutate(values);
          }}
        >
          <input type="hidden" autoComplete="username" value={email} readOnly />
          <Form.Item
            name="password"
            label={t("providers.passwordHere")}
            rules={[{ required: true, message: t("common.required", { field: t("signIn.password") }) }]}
          >
            <Input.Password autoComplete="current-password" autoFocus />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={byPassword.isPending}>
            {t("providers.confirmSubmit")}
          </Button>
        </Form>
      ) : null}
      {by_mail ? (
        <Button
          block
          size="large"
          type={by_password ? "default" : "primary"}
          icon={<MailOutlined />}
          loading={byMail.isPending}
          style={{ marginTop: by_password ? 12 : 0 }}
          onClick={() => {
            byPassword.reset();
            byMail.mutate();
          }}
        >
          {t("providers.byMail")}
        </Button>
      ) : null}
      {by_password || by_mail ? null : <Alert type="info" showIcon title={t("providers.noWay")} />}
    </>
  );
}

import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { signInByDirectory } from "@/api/providers";
import type { Me, NextStep, Setup } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { ConfirmAccount } from "./confirm-account";

interface DirectoryFormProps {
  provider: Setup["providers"][number];
  onArrived: (answer: Me | NextStep) => void;
  onBack: () => void;
}

/** Signing in by an account of the company's directory. */
export function DirectoryForm({ provider, onArrived, onBack }: DirectoryFormProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const signIn = useMutation({
    mutationFn: (values: { login: string; password: string }) => signInByDirectory(provider.id, values),
    onSuccess: (came) => {
      if (!("confirm" in came)) onArrived(came);
    },
  });
  const back = (
    <p className="gx-sign-in-aside">
      <Button type="link" onClick={onBack}>
        {t("joining.back")}
      </Button>
    </p>
  );
  const came = signIn.data;
  if (came && "confirm" in came) {
    return (
      <>
        <ConfirmAccount confirmation={came} onArrived={onArrived} />
        {back}
      </>
    );
  }
  const { error } = signIn;
  const problem = isApiError(error, "too_many_attempts")
    ? t("signIn.tooMany", { seconds: error.retryAfter ?? 60 })
    : errorText(error);
  return (
    <>
      <h1>{provider.name}</h1>
      <p className="gx-muted">{t("ldap.signInText")}</p>
      <Form layout="vertical" requiredMark={false} size="large" onFinish={(values) => signIn.mutate(values)}>
        {error ? <Alert type="error" showIcon title={problem} style={{ marginBottom: 20 }} role="alert" /> : null}
        {isApiError(error, "not_a_member") ? <p className="gx-muted">{t("providers.notMember")}</p> : null}
        <Form.Item
          name="login"
          label={t("ldap.account")}
          rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("ldap.account") }) }]}
        >
          <Input autoComplete="username" autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("ldap.password")}
          rules={[{ required: true, message: t("common.required", { field: t("ldap.password") }) }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t("signIn.submit")}
        </Button>
      </Form>
      {back}
    </>
  );
}

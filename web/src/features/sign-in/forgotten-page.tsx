import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Form, Input, Result } from "antd";
import { useTranslation } from "react-i18next";
import { forgotPassword } from "@/api/account";
import { isApiError } from "@/api/errors";
import { setupOptions } from "@/api/queries";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SignInFrame } from "./sign-in-frame";

/** Asks for a link to another password. The answer is the same whether the address is a member's or nobody's. */
export function ForgottenPage() {
  const { t } = useTranslation();
  const setup = useQuery(setupOptions);
  return (
    <SignInFrame>
      <h1>{t("joining.forgottenTitle")}</h1>
      {setup.isPending ? (
        <PageSkeleton rows={2} />
      ) : setup.data?.mail ? (
        <AskForm />
      ) : (
        <Alert type="info" showIcon title={t("joining.noMailTitle")} description={t("joining.noMailText")} />
      )}
      <p className="gx-sign-in-aside">
        <Link to="/login">{t("joining.back")}</Link>
      </p>
    </SignInFrame>
  );
}

function AskForm() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const ask = useMutation({
    mutationFn: (values: { email: string }) => forgotPassword(values.email),
  });
  if (ask.isSuccess) {
    return (
      <Result
        status="success"
        title={t("joining.forgottenSent")}
        subTitle={t("joining.forgottenSentText", { email: ask.variables.email })}
      />
    );
  }
  const problem = isApiError(ask.error, "too_many_attempts")
    ? t("signIn.tooMany", { seconds: ask.error.retryAfter ?? 60 })
    : errorText(ask.error);
  return (
    <Form layout="vertical" requiredMark={false} size="large" onFinish={(values) => ask.mutate(values)}>
      <p className="gx-sign-in-text">{t("joining.forgottenText")}</p>
      {ask.error ? <Alert type="error" showIcon title={problem} style={{ marginBottom: 20 }} role="alert" /> : null}
      <Form.Item
        name="email"
        label={t("signIn.email")}
        rules={[
          { required: true, message: t("common.required", { field: t("signIn.email") }) },
          { type: "email", message: t("signIn.emailInvalid") },
        ]}
        validateTrigger="onBlur"
      >
        <Input autoComplete="username" inputMode="email" autoFocus />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={ask.isPending}>
        {t("joining.forgottenSubmit")}
      </Button>
    </Form>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { setUp } from "@/api/account";
import { setCsrfToken } from "@/api/client";
import { ApiError } from "@/api/errors";
import { setupOptions } from "@/api/queries";
import { queryKeys } from "@/api/query-keys";
import type { SetupInput } from "@/api/types";
import { useLocale } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SignInFrame } from "./sign-in-frame";

export function SetupPage() {
  const setup = useQuery(setupOptions);
  const { t } = useTranslation();
  if (setup.isPending) return <PageSkeleton rows={4} />;
  if (setup.error) return <ErrorState error={setup.error} onRetry={() => void setup.refetch()} />;
  return (
    <SignInFrame>
      {setup.data.needed ? (
        <SetupForm tokenRequired={setup.data.token_required} minimum={setup.data.password_length ?? 8} />
      ) : (
        <>
          <h1>{t("joining.setupTitle")}</h1>
          <p>{t("joining.setupDone")}</p>
          <Link to="/login">{t("signIn.title")}</Link>
        </>
      )}
    </SignInFrame>
  );
}

const NAMES = ["company", "name", "email", "password", "token"] as const;
const isName = (field: string) => NAMES.some((name) => name === field);

function SetupForm({ tokenRequired, minimum }: { tokenRequired: boolean; minimum: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [form] = Form.useForm<SetupInput>();
  const required = (field: string) => ({ required: true, message: t("common.required", { field }) });

  const create = useMutation({
    mutationFn: (input: SetupInput) => setUp({ ...input, locale }),
    onSuccess: (me) => {
      queryClient.clear();
      setCsrfToken(me.csrf_token);
      queryClient.setQueryData(queryKeys.me, me);
      void navigate({ to: "/home" });
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      form.setFields(
        error.fieldErrors.flatMap(({ field, message }) => {
          const name = NAMES.find((candidate) => candidate === field);
          return name ? [{ name, errors: [message] }] : [];
        }),
      );
    },
  });
  // What is said at its field is not said once more above.
  const placed = create.error instanceof ApiError && create.error.fieldErrors.some(({ field }) => isName(field));

  return (
    <>
      <h1>{t("joining.setupTitle")}</h1>
      <p>{t("joining.setupText")}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        size="large"
        onFinish={(values) => create.mutate(values)}
      >
        {create.error && !placed ? (
          <Alert type="error" showIcon title={errorText(create.error)} style={{ marginBottom: 20 }} />
        ) : null}
        <Form.Item name="company" label={t("joining.company")} rules={[required(t("joining.company"))]}>
          <Input autoComplete="organization" autoFocus />
        </Form.Item>
        <Form.Item name="name" label={t("joining.yourName")} rules={[required(t("joining.yourName"))]}>
          <Input autoComplete="name" />
        </Form.Item>
        <Form.Item
          name="email"
          label={t("signIn.email")}
          rules={[required(t("signIn.email")), { type: "email", message: t("signIn.emailInvalid") }]}
          validateTrigger="onBlur"
        >
          <Input autoComplete="username" inputMode="email" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("joining.newPassword")}
          extra={`${t("joining.passwordRule", { n: minimum })}${t("joining.passwordHint")}`}
          rules={[{ required: true, min: minimum, message: t("joining.passwordRule", { n: minimum }) }]}
          validateTrigger="onBlur"
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {tokenRequired ? (
          <Form.Item
            name="token"
            label={t("joining.token")}
            extra={t("joining.tokenHelp")}
            rules={[required(t("joining.token"))]}
          >
            <Input autoComplete="off" />
          </Form.Item>
        ) : null}
        <Button type="primary" htmlType="submit" block loading={create.isPending}>
          {t("joining.setupSubmit")}
        </Button>
      </Form>
    </>
  );
}

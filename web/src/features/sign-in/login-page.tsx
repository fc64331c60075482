import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { post, setCsrfToken } from "@/api/client";
import { isApiError } from "@/api/errors";
import { setupOptions } from "@/api/queries";
import { queryKeys } from "@/api/query-keys";
import type { Me } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { DEMO_PASSWORD, demoEmail, demoRoles } from "./demo-logins";
import { SignInFrame } from "./sign-in-frame";

interface Credentials {
  email: string;
  password: string;
}

/** Only paths of this app are followed after signing in, never another site's address. */
export function safeReturn(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) && !path.startsWith("/login") ? path : "/home";
}

export function LoginPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const router = useRouter();
  const queryClient = useQueryClient();
  const search = useSearch({ from: "/login" });
  const errorText = useErrorText();
  const [form] = Form.useForm<Credentials>();
  const setup = useQuery(setupOptions).data;

  useEffect(() => {
    if (setup?.needed) void navigate({ to: "/setup", replace: true });
  }, [setup?.needed, navigate]);

  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => post<Me>("/auth/login", credentials, { expectSignedOut: true }),
    onSuccess: (me) => {
      queryClient.clear();
      setCsrfToken(me.csrf_token);
      queryClient.setQueryData(queryKeys.me, me);
      router.history.push(safeReturn(search.return));
    },
  });

  const problem = () => {
    const error = signIn.error;
    if (isApiError(error, "bad_credentials")) return t("signIn.badCredentials");
    if (isApiError(error, "too_many_attempts")) return t("signIn.tooMany", { seconds: error.retryAfter ?? 60 });
    return errorText(error);
  };

  return (
    <SignInFrame>
      <h1>{t("signIn.welcome")}</h1>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        size="large"
        onFinish={(values) => signIn.mutate(values)}
      >
        {signIn.error ? (
          <Alert type="error" showIcon title={problem()} style={{ marginBottom: 20 }} role="alert" />
        ) : null}
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
        <Form.Item
          name="password"
          label={t("signIn.password")}
          rules={[{ required: true, message: t("common.required", { field: t("signIn.password") }) }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t("signIn.submit")}
        </Button>
      </Form>
      {setup?.demo ? (
        <section className="gx-demo-logins">
          <h2>{t("signIn.demoTitle")}</h2>
          <p>{t("signIn.demoHint", { password: DEMO_PASSWORD })}</p>
          <div>
            {demoRoles.map((role) => (
              <Button
                key={role}
                size="small"
                onClick={() => form.setFieldsValue({ email: demoEmail(role), password: DEMO_PASSWORD })}
              >
                {t(`signIn.demoRoles.${role}`)}
              </Button>
            ))}
          </div>
        </section>
      ) : null}
    </SignInFrame>
  );
}

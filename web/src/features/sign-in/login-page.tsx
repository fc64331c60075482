import { SafetyCertificateOutlined } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { signIn, signInByPasskey } from "@/api/account";
import { setCsrfToken } from "@/api/client";
import { isApiError } from "@/api/errors";
import { pagePath } from "@/api/place";
import { setupOptions } from "@/api/queries";
import type { Me, NextStep, Setup } from "@/api/types";
import { signWithPasskey, supportsPasskeys, wasCancelled } from "@/engine/factors/passkey";
import { activateLateTexts } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { lazyPart } from "@/ui/lazy-part";
import { PageSkeleton } from "@/ui/page-skeleton";
import { DEMO_PASSWORD, demoEmail, demoRoles } from "./demo-logins";
import { ProviderButtons } from "./provider-buttons";
import { safeReturn } from "./safe-return";
import { SignInFrame } from "./sign-in-frame";
import { useEnter } from "./use-enter";

const NextStepForm = lazyPart(async () => {
  const [page] = await Promise.all([import("./next-step"), activateLateTexts()]);
  return { default: page.NextStepForm };
});

const DirectoryForm = lazyPart(async () => {
  const [page] = await Promise.all([import("./directory-form"), activateLateTexts()]);
  return { default: page.DirectoryForm };
});

interface Credentials {
  email: string;
  password: string;
}

export function LoginPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const router = useRouter();
  const search = useSearch({ from: "/login" });
  const errorText = useErrorText();
  const [form] = Form.useForm<Credentials>();
  const setup = useQuery(setupOptions).data;

  useEffect(() => {
    if (setup?.needed) void navigate({ to: "/setup", replace: true });
  }, [setup?.needed, navigate]);

  const [step, setStep] = useState<NextStep | null>(null);
  const enter = useEnter(() => router.history.push(pagePath(safeReturn(search.return))));
  const arrive = (answer: Me | NextStep) => {
    if ("stage" in answer) {
      setCsrfToken(answer.csrf_token);
      setStep(answer);
    } else enter(answer);
  };
  const byPassword = useMutation({ mutationFn: signIn, onSuccess: arrive });
  const passkey = useMutation({
    mutationFn: async () => signInByPasskey(await signWithPasskey("any")),
    onSuccess: arrive,
  });
  const [atProvider, setAtProvider] = useState<unknown>(null);
  const [directory, setDirectory] = useState<Setup["providers"][number] | null>(null);
  const forget = () => {
    byPassword.reset();
    passkey.reset();
    setAtProvider(null);
  };
  const restart = () => {
    forget();
    form.resetFields(["password"]);
    setStep(null);
  };

  const failure = byPassword.error ?? passkey.error ?? atProvider;
  const problem = (error: unknown) => {
    if (wasCancelled(error)) return t("signIn.cancelled");
    if (isApiError(error, "bad_credentials")) return t("signIn.badCredentials");
    if (isApiError(error, "too_many_attempts")) return t("signIn.tooMany", { seconds: error.retryAfter ?? 60 });
    return errorText(error);
  };

  if (step) {
    return (
      <SignInFrame>
        <Suspense fallback={<PageSkeleton rows={3} />}>
          <NextStepForm step={step} onSignedIn={enter} onBack={restart} />
        </Suspense>
      </SignInFrame>
    );
  }
  if (directory) {
    return (
      <SignInFrame>
        <Suspense fallback={<PageSkeleton rows={3} />}>
          <DirectoryForm provider={directory} onArrived={arrive} onBack={() => setDirectory(null)} />
        </Suspense>
      </SignInFrame>
    );
  }
  return (
    <SignInFrame>
      <h1>{t("signIn.welcome")}</h1>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        size="large"
        onFinish={(values) => {
          forget();
          byPassword.mutate(values);
        }}
      >
        {failure ? (
          <Alert type="error" showIcon title={problem(failure)} style={{ marginBottom: 20 }} role="alert" />
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
        <Button type="primary" htmlType="submit" block loading={byPassword.isPending}>
          {t("signIn.submit")}
        </Button>
        {setup?.passkeys && supportsPasskeys() ? (
          <Button
            block
            icon={<SafetyCertificateOutlined />}
            loading={passkey.isPending}
            onClick={() => {
              forget();
              passkey.mutate();
            }}
            style={{ marginTop: 12 }}
          >
            {t("signIn.byPasskey")}
          </Button>
        ) : null}
        <p className="gx-sign-in-aside">
          <Link to="/forgotten">{t("signIn.forgotten")}</Link>
        </p>
      </Form>
      <ProviderButtons
        providers={setup?.providers ?? []}
        back={safeReturn(search.return)}
        onBegin={forget}
        onDirectory={(provider) => {
          forget();
          setDirectory(provider);
        }}
        onError={setAtProvider}
      />
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

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { choosePassword, lookAtLink } from "@/api/account";
import { setCsrfToken } from "@/api/client";
import { ApiError, isApiError } from "@/api/errors";
import type { LinkInfo, NextStep } from "@/api/types";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { NextStepForm } from "./next-step";
import { SignInFrame } from "./sign-in-frame";
import { useEnter } from "./use-enter";
import { useLinkToken } from "./use-link-token";

/** Where an invitation or a link to another password leads: choose one, and be signed in. */
export function LinkPage() {
  const token = useLinkToken();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const enter = useEnter(() => void navigate({ to: "/home" }));
  const [step, setStep] = useState<NextStep | null>(null);
  const link = useQuery({
    queryKey: ["link", token],
    queryFn: () => lookAtLink(token),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  if (step) {
    return (
      <SignInFrame>
        <NextStepForm step={step} onSignedIn={enter} onBack={() => void navigate({ to: "/login" })} />
      </SignInFrame>
    );
  }
  return (
    <SignInFrame>
      {link.isPending ? <PageSkeleton rows={4} /> : null}
      {link.data ? <ChooseForm token={token} link={link.data} onStep={setStep} /> : null}
      {isApiError(link.error, "link_void") ? <VoidLink /> : null}
      {link.error && !isApiError(link.error, "link_void") ? (
        <ErrorState error={link.error} onRetry={() => void link.refetch()} />
      ) : null}
      {link.data ? null : (
        <p className="gx-sign-in-aside">
          <Link to="/login">{t("joining.back")}</Link>
        </p>
      )}
    </SignInFrame>
  );
}

function VoidLink() {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t("joining.linkVoidTitle")}</h1>
      <p>{t("joining.linkVoidText")}</p>
    </>
  );
}

interface Choice {
  password: string;
  repeat: string;
}

interface ChooseFormProps {
  token: string;
  link: LinkInfo;
  /** The password is set; there is another step to come. */
  onStep: (step: NextStep) => void;
}

function ChooseForm({ token, link, onStep }: ChooseFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const enter = useEnter(() => void navigate({ to: "/home" }));
  const errorText = useErrorText();
  const [form] = Form.useForm<Choice>();
  const rule = t("joining.passwordRule", { n: link.password_length });
  const choose = useMutation({
    mutationFn: ({ password }: Choice) => choosePassword(token, password),
    onSuccess: (answer) => {
      if ("stage" in answer) {
        setCsrfToken(answer.csrf_token);
        onStep(answer);
      } else enter(answer);
    },
    onError: (error) => {
      const ofPassword =
        error instanceof ApiError ? error.fieldErrors.find((it) => it.field === "password") : undefined;
      if (ofPassword) form.setFields([{ name: "password", errors: [ofPassword.message] }]);
    },
  });
  const ofPassword = choose.error instanceof ApiError && choose.error.fieldErrors.length > 0;
  return (
    <>
      <h1>{t(link.kind === "activation" ? "joining.activateTitle" : "joining.resetTitle", { name: link.name })}</h1>
      <p>{t(link.kind === "activation" ? "joining.activateText" : "joining.resetText", { company: link.company })}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        size="large"
        onFinish={(values) => choose.mutate(values)}
      >
        {choose.error && !ofPassword ? (
          <Alert type="error" showIcon title={errorText(choose.error)} style={{ marginBottom: 20 }} role="alert" />
        ) : null}
        <Form.Item label={t("signIn.email")} htmlFor="link-email">
          <Input id="link-email" value={link.email} readOnly autoComplete="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("joining.newPassword")}
          extra={`${rule}${t("joining.passwordHint")}`}
          rules={[{ required: true, min: link.password_length, message: rule }]}
          validateTrigger="onBlur"
        >
          <Input.Password autoComplete="new-password" autoFocus />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t("joining.repeatPassword")}
          dependencies={["password"]}
          validateTrigger="onBlur"
          rules={[
            {
              validator: (_rule, value: string | undefined) =>
                value === form.getFieldValue("password")
                  ? Promise.resolve()
                  : Promise.reject(new Error(t("joining.passwordMismatch"))),
            },
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={choose.isPending}>
          {t("joining.chooseSubmit")}
        </Button>
      </Form>
    </>
  );
}

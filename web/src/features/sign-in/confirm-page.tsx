import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { setCsrfToken } from "@/api/client";
import { confirmByLink } from "@/api/providers";
import type { NextStep } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { NextStepForm } from "./next-step";
import { SignInFrame } from "./sign-in-frame";
import { useEnter } from "./use-enter";
import { useLinkToken } from "./use-link-token";

/** Where the link in the mail leads by which a member confirms an account elsewhere. */
export function ConfirmPage() {
  const token = useLinkToken();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const enter = useEnter(() => void navigate({ to: "/home" }));
  const [step, setStep] = useState<NextStep | null>(null);
  const confirm = useMutation({
    mutationFn: () => confirmByLink(token),
    onSuccess: (answer) => {
      if ("stage" in answer) {
        setCsrfToken(answer.csrf_token);
        setStep(answer);
      } else enter(answer);
    },
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
      <h1>{t("providers.confirmTitle")}</h1>
      <p>{t("providers.linkText")}</p>
      {confirm.error ? (
        <Alert type="error" showIcon title={errorText(confirm.error)} role="alert" style={{ marginBottom: 20 }} />
      ) : null}
      <Button type="primary" size="large" block loading={confirm.isPending} onClick={() => confirm.mutate()}>
        {t("providers.confirmSubmit")}
      </Button>
      <p className="gx-sign-in-aside">
        <Link to="/login">{t("joining.back")}</Link>
      </p>
    </SignInFrame>
  );
}

import { SafetyCertificateOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { presentSecondFactor } from "@/api/account";
import { isApiError } from "@/api/errors";
import type { Me, NextStep, SecondFactor } from "@/api/types";
import { CodeInput } from "@/engine/factors/code-input";
import "@/engine/factors/factors.css";
import { signWithPasskey, supportsPasskeys, wasCancelled } from "@/engine/factors/passkey";
import { useErrorText } from "@/ui/error-text";

type Way = "code" | "passkey" | "recovery";

interface SecondStepProps {
  step: NextStep;
  onSignedIn: (me: Me) => void;
  /** The password must be given again: it was too long ago. */
  onOver: () => void;
}

/** The second step: a code, a passkey, or a recovery code where neither is at hand. */
export function SecondStep({ step, onSignedIn, onOver }: SecondStepProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const ways: Way[] = [];
  if (step.factors.includes("passkey") && supportsPasskeys()) ways.push("passkey");
  if (step.factors.includes("totp")) ways.push("code");
  ways.push("recovery");
  const [way, setWay] = useState<Way>(ways.includes("code") ? "code" : (ways[0] ?? "recovery"));
  const [code, setCode] = useState("");
  const present = useMutation({
    mutationFn: async (factor: SecondFactor | "passkey") =>
      presentSecondFactor(factor === "passkey" ? await signWithPasskey("own") : factor),
    onSuccess: onSignedIn,
    onError: (error) => {
      setCode("");
      if (isApiError(error, "not_signed_in")) onOver();
    },
  });
  const problem = () => {
    if (wasCancelled(present.error)) return t("factors.passkeyCancelled");
    if (isApiError(present.error, "too_many_attempts"))
      return t("signIn.tooMany", { seconds: present.error.retryAfter ?? 60 });
    return errorText(present.error);
  };
  return (
    <>
      <h1>{t("joining.secondTitle")}</h1>
      <p>{t(`joining.second.${way}`, { name: step.name })}</p>
      {present.error ? (
        <Alert type="error" showIcon title={problem()} style={{ marginBottom: 20 }} role="alert" />
      ) : null}
      {way === "code" ? (
        <Form layout="vertical" size="large" onFinish={() => present.mutate({ code })}>
          <Form.Item>
            <CodeInput value={code} onChange={setCode} onComplete={(typed) => present.mutate({ code: typed })} />
          </Form.Item>
          <Button type="primary" htmlType="submit" block disabled={code.length < 6} loading={present.isPending}>
            {t("joining.verify")}
          </Button>
        </Form>
      ) : null}
      {way === "passkey" ? (
        <Button
          type="primary"
          size="large"
          block
          icon={<SafetyCertificateOutlined />}
          loading={present.isPending}
          onClick={() => present.mutate("passkey")}
        >
          {t("joining.usePasskey")}
        </Button>
      ) : null}
      {way === "recovery" ? (
        <Form
          layout="vertical"
          requiredMark={false}
          size="large"
          onFinish={(values: { recovery_code: string }) => present.mutate({ recovery_code: values.recovery_code })}
        >
          <Form.Item
            name="recovery_code"
            label={t("factors.recoveryCode")}
            rules={[{ required: true, message: t("common.required", { field: t("factors.recoveryCode") }) }]}
          >
            <Input autoComplete="off" autoFocus placeholder="xxxx-xxxx-xxxx-xxxx" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={present.isPending}>
            {t("joining.verify")}
          </Button>
        </Form>
      ) : null}
      <div className="gx-step-choices">
        {ways
          .filter((other) => other !== way)
          .map((other) => (
            <Button
              key={other}
              type="link"
              onClick={() => {
                present.reset();
                setWay(other);
              }}
            >
              {t(`joining.instead.${other}`)}
            </Button>
          ))}
      </div>
    </>
  );
}

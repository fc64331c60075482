import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { proveIdentity, readFactors } from "@/api/account";
import { isApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import type { Proof } from "@/api/types";
import { CodeInput } from "@/engine/factors/code-input";
import "@/engine/factors/factors.css";
import { signWithPasskey, supportsPasskeys, wasCancelled } from "@/engine/factors/passkey";
import { useErrorText } from "@/ui/error-text";

/** A session that somebody left open should change nothing that lets a stranger stay: who is it? */
export function ProofDialog({ onAnswer }: { onAnswer: (proved: boolean) => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [form] = Form.useForm<{ password: string }>();
  const [byCode, setByCode] = useState(false);
  const [code, setCode] = useState("");
  const factors = useQuery({
    queryKey: queryKeys.factors(),
    queryFn: ({ signal }) => readFactors(signal),
  });
  const has = (kind: "totp" | "passkey") => factors.data?.items.some((factor) => factor.kind === kind) ?? false;
  const prove = useMutation({
    mutationFn: async (proof: Proof | "passkey") =>
      proveIdentity(proof === "passkey" ? await signWithPasskey("own") : proof),
    onSuccess: () => onAnswer(true),
    onError: () => setCode(""),
  });
  const problem = () => {
    if (wasCancelled(prove.error)) return t("factors.passkeyCancelled");
    if (isApiError(prove.error, "too_many_attempts"))
      return t("signIn.tooMany", { seconds: prove.error.retryAfter ?? 60 });
    return errorText(prove.error);
  };
  const submit = () => (byCode ? prove.mutate({ code }) : form.submit());
  return (
    <Modal
      open
      width={420}
      title={t("security.proofTitle")}
      okText={t("security.proofSubmit")}
      confirmLoading={prove.isPending}
      onOk={submit}
      onCancel={() => onAnswer(false)}
    >
      <p className="gx-muted">{t("security.proofText")}</p>
      {prove.error ? <Alert type="error" showIcon title={problem()} style={{ marginBottom: 16 }} role="alert" /> : null}
      {byCode ? (
        <Form layout="vertical" onFinish={submit}>
          <Form.Item label={t("security.proofCode")}>
            <CodeInput value={code} onChange={setCode} onComplete={(typed) => prove.mutate({ code: typed })} />
          </Form.Item>
        </Form>
      ) : (
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          onFinish={(values) => prove.mutate({ password: values.password })}
        >
          <Form.Item
            name="password"
            label={t("security.proofPassword")}
            rules={[{ required: true, message: t("common.required", { field: t("security.proofPassword") }) }]}
          >
            <Input.Password autoComplete="current-password" autoFocus />
          </Form.Item>
        </Form>
      )}
      {has("totp") ? (
        <Button
          type="link"
          onClick={() => {
            prove.reset();
            setByCode(!byCode);
          }}
        >
          {t(byCode ? "security.proofByPassword" : "security.proofByCode")}
        </Button>
      ) : null}
      {has("passkey") && supportsPasskeys() ? (
        <Button type="link" onClick={() => prove.mutate("passkey")}>
          {t("security.proofByPasskey")}
        </Button>
      ) : null}
    </Modal>
  );
}

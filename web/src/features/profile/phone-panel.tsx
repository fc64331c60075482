import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { beginPhone, confirmPhone, type PhoneState, phoneOptions, removePhone } from "@/api/outreach";
import { queryKeys } from "@/api/query-keys";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import "./profile.css";

/** What is wrong with the one thing typed, else what is wrong at all. */
export function useProblem(): (error: unknown) => string | null {
  const errorText = useErrorText();
  return (error) => {
    if (!error) return null;
    const first = error instanceof ApiError ? error.fieldErrors[0]?.message : undefined;
    return first ?? errorText(error);
  };
}

/** The number one's news are texted to, once its owner has typed the code sent there. */
export function PhonePanel() {
  const { t } = useTranslation();
  const formats = useFormats();
  const { message, modal } = App.useApp();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [other, setOther] = useState(false);
  const phone = useQuery(phoneOptions);
  const remove = useMutation({
    mutationFn: removePhone,
    onSuccess: () => {
      void message.success(t("outreach.phone.removed"));
      return queryClient.invalidateQueries({ queryKey: queryKeys.phone });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const askRemove = () =>
    modal.confirm({
      title: t("outreach.phone.removeConfirm"),
      okText: t("outreach.phone.remove"),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(),
    });
  const settle = (state: PhoneState) => {
    queryClient.setQueryData(queryKeys.phone, state);
    if (!state.pending) setOther(false);
  };
  const { data } = phone;
  const asks = data?.available && (other || !data.number || data.pending);
  return (
    <section className="gx-panel" aria-labelledby="phone-title">
      <h2 id="phone-title">{t("outreach.phone.title")}</h2>
      <p>{t("outreach.phone.text")}</p>
      {phone.error ? <ErrorState error={phone.error} onRetry={() => void phone.refetch()} /> : null}
      {data && !data.available ? <Alert type="info" showIcon title={t("outreach.phone.unavailable")} /> : null}
      {data?.number ? (
        <ul className="gx-key-list">
          <li>
            <div>
              <strong>{data.number}</strong>
              <span className="gx-muted">
                {data.confirmed_at ? t("outreach.phone.since", { when: formats.dateTime(data.confirmed_at) }) : null}
              </span>
            </div>
            <span>
              {data.available && !asks ? (
                <Button size="small" type="text" onClick={() => setOther(true)}>
                  {t("outreach.phone.change")}
                </Button>
              ) : null}
              <Button size="small" danger type="text" onClick={askRemove}>
                {t("outreach.phone.remove")}
              </Button>
            </span>
          </li>
        </ul>
      ) : null}
      {asks ? <NumberForm onState={settle} sent={Boolean(data.pending)} /> : null}
      {asks && data.pending ? <CodeForm pending={data.pending} onState={settle} /> : null}
    </section>
  );
}

function NumberForm({ onState, sent }: { onState: (state: PhoneState) => void; sent: boolean }) {
  const { t } = useTranslation();
  const problem = useProblem();
  const begin = useMutation({ mutationFn: beginPhone, onSuccess: onState });
  const error = problem(begin.error);
  return (
    <Form layout="vertical" requiredMark={false} onFinish={({ number }: { number: string }) => begin.mutate(number)}>
      <Form.Item
        name="number"
        label={t("outreach.phone.number")}
        rules={[{ required: true, whitespace: true, message: t("outreach.phone.numberNeeded") }]}
        {...(error ? { validateStatus: "error" as const, help: error } : {})}
      >
        <Input type="tel" autoComplete="tel" style={{ maxWidth: 260 }} onChange={() => begin.reset()} />
      </Form.Item>
      <Form.Item>
        <Button htmlType="submit" type={sent ? "default" : "primary"} loading={begin.isPending}>
          {t(sent ? "outreach.phone.sendAgain" : "outreach.phone.send")}
        </Button>
      </Form.Item>
    </Form>
  );
}

interface CodeFormProps {
  pending: NonNullable<PhoneState["pending"]>;
  onState: (state: PhoneState) => void;
}

function CodeForm({ pending, onState }: CodeFormProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const problem = useProblem();
  const confirm = useMutation({
    mutationFn: confirmPhone,
    onSuccess: (state) => {
      void message.success(t("outreach.phone.confirmed"));
      onState(state);
    },
    onError: () => queryClient.invalidateQueries({ queryKey: queryKeys.phone }),
  });
  const error = problem(confirm.error);
  return (
    <Form layout="vertical" requiredMark={false} onFinish={({ code }: { code: string }) => confirm.mutate(code)}>
      <Form.Item
        name="code"
        label={t("outreach.phone.code", { number: pending.number })}
        extra={t("outreach.phone.codeText")}
        rules={[{ required: true, whitespace: true, message: t("outreach.phone.codeNeeded") }]}
        {...(error ? { validateStatus: "error" as const, help: error } : {})}
      >
        <Input inputMode="numeric" autoComplete="one-time-code" maxLength={10} style={{ maxWidth: 160 }} />
      </Form.Item>
      <Button htmlType="submit" type="primary" loading={confirm.isPending}>
        {t("outreach.phone.confirm")}
      </Button>
    </Form>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { smsGatewayOptions, smsMessagesOptions, testSmsGateway } from "@/api/outreach";
import { queryKeys } from "@/api/query-keys";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "./settings-frame";
import { SmsGatewayForm } from "./sms-gateway-form";
import { SmsMessages } from "./sms-messages";

/** The gateway text messages go through, a trial of it, and what became of the messages. */
export function SettingsSmsPage() {
  const { t } = useTranslation();
  const gateway = useQuery(smsGatewayOptions);
  return (
    <SettingsFrame title={t("outreach.sms.title")} subtitle={t("outreach.sms.text")}>
      {gateway.error ? <ErrorState error={gateway.error} onRetry={() => void gateway.refetch()} /> : null}
      {gateway.isPending ? <PageSkeleton rows={8} /> : null}
      {gateway.data ? <SmsGatewayForm gateway={gateway.data} /> : null}
      {gateway.data?.enabled ? <Trial /> : null}
      {gateway.data ? <Latest /> : null}
    </SettingsFrame>
  );
}

function Trial() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const send = useMutation({
    mutationFn: ({ number }: { number: string }) => testSmsGateway(number),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.smsMessages }),
  });
  const outcome = send.data;
  return (
    <section className="gx-panel" aria-labelledby="sms-trial">
      <h2 id="sms-trial">{t("outreach.sms.test")}</h2>
      <p>{t("outreach.sms.testText")}</p>
      {send.error ? <Alert type="error" showIcon title={errorText(send.error)} className="gx-drawer-note" /> : null}
      {outcome ? (
        <Alert
          type={outcome.taken ? "success" : "error"}
          showIcon
          title={outcome.taken ? t("outreach.sms.taken") : t("outreach.sms.notTaken", { why: outcome.problem ?? "" })}
          className="gx-drawer-note"
        />
      ) : null}
      <Form layout="vertical" requiredMark={false} onFinish={(values: { number: string }) => send.mutate(values)}>
        <Form.Item
          name="number"
          label={t("outreach.sms.testNumber")}
          rules={[{ required: true, whitespace: true, message: t("outreach.phone.numberNeeded") }]}
        >
          <Input type="tel" style={{ maxWidth: 260 }} />
        </Form.Item>
        <Button htmlType="submit" loading={send.isPending}>
          {t("outreach.sms.testSend")}
        </Button>
      </Form>
    </section>
  );
}

function Latest() {
  const { t } = useTranslation();
  const messages = useQuery({ ...smsMessagesOptions, refetchInterval: 15_000 });
  return (
    <section className="gx-panel" aria-labelledby="sms-latest">
      <h2 id="sms-latest">{t("outreach.sms.messages")}</h2>
      <p>{t("outreach.sms.messagesText")}</p>
      {messages.error ? <ErrorState error={messages.error} onRetry={() => void messages.refetch()} /> : null}
      {messages.data ? <SmsMessages messages={messages.data} /> : null}
    </section>
  );
}

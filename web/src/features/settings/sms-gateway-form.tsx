import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, InputNumber, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { type ChangedSmsGateway, changeSmsGateway, type SmsGateway } from "@/api/outreach";
import { queryKeys } from "@/api/query-keys";
import { useErrorText } from "@/ui/error-text";

interface GatewayForm {
  enabled: boolean;
  address: string;
  secret?: string;
  header?: string;
  body: string;
  member_cap: number;
  daily_cap: number;
}

const toForm = ({ enabled, address, header, body, member_cap, daily_cap }: SmsGateway): GatewayForm => ({
  enabled,
  address,
  header: header ?? "",
  body: JSON.stringify(body, null, 2),
  member_cap,
  daily_cap,
});

/** What was not changed is not sent: another administrator may have changed it meanwhile. */
export function toChange({ secret, body, ...rest }: GatewayForm, before: SmsGateway): ChangedSmsGateway {
  const known = toForm(before);
  const changed = Object.entries(rest).filter(([name, value]) => value !== known[name as keyof GatewayForm]);
  const change: ChangedSmsGateway = Object.fromEntries(changed);
  if (body !== known.body) change.body = JSON.parse(body);
  return secret?.trim() ? { ...change, secret } : change;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether it holds a number that JavaScript would change on the way, such as the nineteen digits of a template. */
export function hasUnsafeNumber(text: string): boolean {
  const outsideTexts = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  return (outsideTexts.match(/\d{16,}/g) ?? []).length > 0;
}

const FIELDS = ["enabled", "address", "secret", "header", "body", "member_cap", "daily_cap"] as const;

/** How the gateway is asked. The secret goes in and is not shown again. */
export function SmsGatewayForm({ gateway }: { gateway: SmsGateway }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<GatewayForm>();
  const [before, setBefore] = useState(gateway);
  const save = useMutation({
    mutationFn: (values: GatewayForm) => changeSmsGateway(toChange(values, before)),
    onSuccess: (saved) => {
      queryClient.setQueryData(queryKeys.smsGateway, saved);
      setBefore(saved);
      form.setFieldValue("secret", "");
      void message.success(t("common.saved"));
    },
    onError: (error) => {
      const told = error instanceof ApiError ? error.fieldErrors : [];
      const named = told.flatMap((one) => {
        const name = FIELDS.find((field) => field === one.field);
        return name ? [{ name, errors: [one.message] }] : [];
      });
      form.setFields(named);
    },
  });
  const general = save.error && !(save.error instanceof ApiError && save.error.fieldErrors.length > 0);
  const cap = (name: "member_cap" | "daily_cap", label: string) => (
    <Form.Item name={name} label={label} rules={[{ required: true, message: label }]}>
      <InputNumber min={1} max={1_000_000} precision={0} suffix={t("outreach.sms.unit")} style={{ width: 200 }} />
    </Form.Item>
  );
  return (
    <Form<GatewayForm>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={toForm(gateway)}
      onFinish={(values) => save.mutate(values)}
    >
      {general ? <Alert type="error" showIcon title={errorText(save.error)} className="gx-drawer-note" /> : null}
      <section className="gx-panel" aria-labelledby="sms-gateway">
        <h2 id="sms-gateway">{t("outreach.sms.gateway")}</h2>
        <Form.Item name="enabled" label={t("outreach.sms.enabled")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="address" label={t("outreach.sms.address")} extra={t("outreach.sms.addressHelp")}>
          <Input type="url" placeholder="https://" autoComplete="off" />
        </Form.Item>
        <Form.Item name="secret" label={t("outreach.sms.secret")} extra={t("outreach.sms.secretHelp")}>
          <Input.Password
            autoComplete="new-password"
            placeholder={gateway.secret_set ? t("outreach.sms.secretSet") : ""}
          />
        </Form.Item>
        <Form.Item name="header" label={t("outreach.sms.header")} extra={t("outreach.sms.headerHelp")}>
          <Input autoComplete="off" style={{ maxWidth: 320 }} />
        </Form.Item>
        <Form.Item
          name="body"
          label={t("outreach.sms.body")}
          extra={t("outreach.sms.bodyHelp", {
            number: "{number}",
            text: "{text}",
            id: "{id}",
            secret: "{secret}",
          })}
          rules={[
            {
              validator: async (_, text: string) => {
                if (!isJson(text)) throw new Error(t("outreach.sms.bodyBad"));
                if (text !== toForm(before).body && hasUnsafeNumber(text)) {
                  throw new Error(t("outreach.sms.bodyNumber"));
                }
              },
            },
          ]}
        >
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} className="gx-code" spellCheck={false} />
        </Form.Item>
      </section>
      <section className="gx-panel" aria-labelledby="sms-caps">
        <h2 id="sms-caps">{t("outreach.sms.caps")}</h2>
        <p>{t("outreach.sms.today", { n: gateway.sent_today })}</p>
        {cap("member_cap", t("outreach.sms.memberCap"))}
        {cap("daily_cap", t("outreach.sms.dailyCap"))}
      </section>
      <Button type="primary" htmlType="submit" loading={save.isPending} style={{ marginBottom: 16 }}>
        {t("common.save")}
      </Button>
    </Form>
  );
}

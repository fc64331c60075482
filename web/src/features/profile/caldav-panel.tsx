import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Segmented, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listApiKeys, removeApiKey } from "@/api/account";
import { caldavAddress } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type { ApiKey } from "@/api/types";
import { useMe } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { NewCaldavDialog } from "./new-caldav-dialog";
import "./caldav-panel.css";
import "./profile.css";

const DEVICES = ["apple", "android", "desktop"] as const;
type Device = (typeof DEVICES)[number];

/** How the calendar of a phone is connected, and the passwords that programs have for it. */
export function CaldavPanel() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <section className="gx-panel" aria-label={t("caldav.title")}>
      <h2>{t("caldav.title")}</h2>
      <p>{t("caldav.text")}</p>
      {window.location.protocol === "https:" ? null : (
        <Alert type="warning" showIcon title={t("caldav.insecure")} className="gx-profile-note" />
      )}
      <dl className="gx-caldav-facts">
        <dt>{t("caldav.server")}</dt>
        <dd>
          <Typography.Text copyable code>
            {caldavAddress()}
          </Typography.Text>
        </dd>
        <dt>{t("caldav.user")}</dt>
        <dd>
          <Typography.Text copyable code>
            {me.user.email}
          </Typography.Text>
        </dd>
        <dt>{t("caldav.password")}</dt>
        <dd>{t("caldav.passwordIs")}</dd>
      </dl>
      <Passwords />
      <Steps />
    </section>
  );
}

function Steps() {
  const { t } = useTranslation();
  const [device, setDevice] = useState<Device>("apple");
  const steps = t(`caldav.steps.${device}`, { returnObjects: true }) as string[];
  return (
    <>
      <h3>{t("caldav.stepsTitle")}</h3>
      <Segmented<Device>
        value={device}
        onChange={setDevice}
        aria-label={t("caldav.stepsTitle")}
        options={DEVICES.map((value) => ({ value, label: t(`caldav.${value}`) }))}
      />
      <ol className="gx-caldav-steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </>
  );
}

function Passwords() {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const [creating, setCreating] = useState(false);
  const keys = useQuery({ queryKey: queryKeys.apiKeys, queryFn: ({ signal }) => listApiKeys(signal) });
  const revoke = useMutation({
    mutationFn: removeApiKey,
    onSuccess: () => {
      void message.success(t("caldav.revoked"));
      return queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const passwords = keys.data?.filter((key) => key.scope?.caldav) ?? [];
  const askRevoke = (key: ApiKey) =>
    modal.confirm({
      title: t("caldav.revokeConfirm", { name: key.name }),
      okText: t("caldav.revoke"),
      okButtonProps: { danger: true },
      onOk: () => revoke.mutateAsync(key.id),
    });
  return (
    <>
      <h3>{t("caldav.keysTitle")}</h3>
      <ul className="gx-key-list">
        {passwords.map((key) => (
          <li key={key.id}>
            <div>
              <strong>{key.name}</strong>
              <span className="gx-muted">
                {[
                  key.scope?.caldav?.write ? t("caldav.mayWrite") : t("caldav.mayRead"),
                  key.scope?.caldav?.others ? t("caldav.withOthers") : null,
                  key.used_at ? t("caldav.used", { at: formats.dateTime(key.used_at) }) : t("caldav.unused"),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </div>
            <Button size="small" danger type="text" onClick={() => askRevoke(key)}>
              {t("caldav.revoke")}
            </Button>
          </li>
        ))}
        {keys.data && passwords.length === 0 ? <li className="gx-muted">{t("caldav.empty")}</li> : null}
      </ul>
      <Button icon={<PlusOutlined />} onClick={() => setCreating(true)}>
        {t("caldav.new")}
      </Button>
      {creating ? <NewCaldavDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}

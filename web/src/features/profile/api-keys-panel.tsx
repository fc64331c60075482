import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listApiKeys, removeApiKey } from "@/api/account";
import { queryKeys } from "@/api/query-keys";
import type { ApiKey } from "@/api/types";
import { useKeyScopeText } from "@/engine/rights/key-scope";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { NewKeyDialog } from "./new-key-dialog";
import "./profile.css";

export function ApiKeysPanel() {
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
      void message.success(t("profile.revoked"));
      return queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const askRevoke = (key: ApiKey) =>
    modal.confirm({
      title: t("profile.revokeConfirm", { name: key.name }),
      okText: t("profile.revoke"),
      okButtonProps: { danger: true },
      onOk: () => revoke.mutateAsync(key.id),
    });
  // What opens one's calendar is on the page about oneself.
  const listed = keys.data?.filter((key) => !key.scope?.calendar && !key.scope?.caldav);
  const scopeText = useKeyScopeText();
  return (
    <section className="gx-panel">
      <h2>{t("profile.keysTitle")}</h2>
      <p>{t("profile.keysText")}</p>
      {keys.error ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      <ul className="gx-key-list">
        {listed?.map((key) => (
          <li key={key.id}>
            <div>
              <strong>{key.name}</strong>
              <span className="gx-muted">
                {t("profile.keyCreated", { date: formats.dateTime(key.created_at) })}
                {" · "}
                {key.expires_at
                  ? t("profile.keyUntil", { date: formats.dateTime(key.expires_at) })
                  : t("profile.keyNever")}
                {" · "}
                {scopeText(key.scope)}
              </span>
            </div>
            <Button size="small" danger type="text" onClick={() => askRevoke(key)}>
              {t("profile.revoke")}
            </Button>
          </li>
        ))}
        {listed?.length === 0 ? <li className="gx-muted">{t("profile.keysEmpty")}</li> : null}
      </ul>
      <Button icon={<PlusOutlined />} onClick={() => setCreating(true)}>
        {t("profile.newKey")}
      </Button>
      {creating ? <NewKeyDialog onClose={() => setCreating(false)} /> : null}
    </section>
  );
}

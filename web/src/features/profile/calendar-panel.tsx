import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addApiKey, listApiKeys, removeApiKey } from "@/api/account";
import { feedAddress } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type { ApiKey } from "@/api/types";
import { useFormGuard } from "@/engine/form/form-guard";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { SecretOnce } from "@/ui/secret-once";
import "./profile.css";

/** Addresses by which calendar programs read one's calendar. */
export function CalendarPanel() {
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
      void message.success(t("planning.feedRevoked"));
      return queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const feeds = keys.data?.filter((key) => key.scope?.calendar) ?? [];
  const askRevoke = (key: ApiKey) =>
    modal.confirm({
      title: t("planning.feedRevokeConfirm", { name: key.name }),
      okText: t("planning.feedRevoke"),
      okButtonProps: { danger: true },
      onOk: () => revoke.mutateAsync(key.id),
    });
  return (
    <section className="gx-panel" aria-label={t("planning.feedTitle")}>
      <h2>{t("planning.feedTitle")}</h2>
      <p>{t("planning.feedText")}</p>
      <ul className="gx-key-list">
        {feeds.map((key) => (
          <li key={key.id}>
            <div>
              <strong>{key.name}</strong>
              <span className="gx-muted">
                {key.used_at ? t("planning.feedUsed", { at: formats.dateTime(key.used_at) }) : t("planning.feedUnused")}
              </span>
            </div>
            <Button size="small" danger type="text" onClick={() => askRevoke(key)}>
              {t("planning.feedRevoke")}
            </Button>
          </li>
        ))}
        {keys.data && feeds.length === 0 ? <li className="gx-muted">{t("planning.feedEmpty")}</li> : null}
      </ul>
      <Button icon={<PlusOutlined />} onClick={() => setCreating(true)}>
        {t("planning.feedNew")}
      </Button>
      {creating ? <NewFeedDialog onClose={() => setCreating(false)} /> : null}
    </section>
  );
}

/** Makes an address and shows it once. */
function NewFeedDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [form] = Form.useForm<{ name: string }>();
  const create = useMutation({
    mutationFn: ({ name }: { name: string }) => addApiKey({ name, scope: { calendar: true } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys }),
    onError: (error) => void message.error(errorText(error)),
  });
  const { close } = useFormGuard(form, onClose, create.isSuccess);
  if (create.data) {
    const { name, key } = create.data;
    return <SecretOnce title={name} text={t("planning.feedShown")} secret={feedAddress(key)} onClose={onClose} />;
  }
  return (
    <Modal
      open
      title={t("planning.feedNew")}
      onCancel={close}
      onOk={() => form.submit()}
      okText={t("common.create")}
      confirmLoading={create.isPending}
    >
      <Form form={form} name="feed" layout="vertical" requiredMark={false} onFinish={(values) => create.mutate(values)}>
        <Form.Item name="name" label={t("planning.feedName")} rules={[{ required: true, whitespace: true, max: 100 }]}>
          <Input autoFocus placeholder={t("planning.feedNamePlaceholder")} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

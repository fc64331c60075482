import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, Input, Modal, Typography } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, post, remove } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type { ApiKey, NewApiKey } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import "./profile.css";

/** The list comes bare or as `{items}`. */
async function readKeys(signal: AbortSignal): Promise<ApiKey[]> {
  const answer = await get<ApiKey[] | { items: ApiKey[] }>("/me/api-keys", undefined, signal);
  return Array.isArray(answer) ? answer : answer.items;
}

export function ApiKeysPanel() {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const [creating, setCreating] = useState(false);
  const keys = useQuery({ queryKey: queryKeys.apiKeys, queryFn: ({ signal }) => readKeys(signal) });
  const revoke = useMutation({
    mutationFn: (id: string) => remove(`/me/api-keys/${id}`),
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
  return (
    <section className="gx-panel">
      <h2>{t("profile.keysTitle")}</h2>
      <p>{t("profile.keysText")}</p>
      {keys.error ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      <ul className="gx-key-list">
        {keys.data?.map((key) => (
          <li key={key.id}>
            <div>
              <strong>{key.name}</strong>
              <span className="gx-muted">
                {t("profile.keyCreated", { date: formats.dateTime(key.created_at) })}
                {" · "}
                {key.expires_at
                  ? t("profile.keyUntil", { date: formats.dateTime(key.expires_at) })
                  : t("profile.keyNever")}
              </span>
            </div>
            <Button size="small" danger type="text" onClick={() => askRevoke(key)}>
              {t("profile.revoke")}
            </Button>
          </li>
        ))}
        {keys.data?.length === 0 ? <li className="gx-muted">{t("profile.keysEmpty")}</li> : null}
      </ul>
      <Button icon={<PlusOutlined />} onClick={() => setCreating(true)}>
        {t("profile.newKey")}
      </Button>
      {creating ? <NewKeyDialog onClose={() => setCreating(false)} /> : null}
    </section>
  );
}

interface NewKeyForm {
  name: string;
  expires?: Dayjs | null;
}

function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [form] = Form.useForm<NewKeyForm>();
  const create = useMutation({
    mutationFn: ({ name, expires }: NewKeyForm) =>
      post<NewApiKey>("/me/api-keys", {
        name,
        ...(expires ? { expires_at: expires.endOf("day").toISOString() } : {}),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.apiKeys }),
  });
  if (create.data) {
    return (
      <Modal open title={create.data.name} onCancel={onClose} onOk={onClose} cancelButtonProps={{ hidden: true }}>
        <p>{t("profile.keyShownOnce")}</p>
        <Typography.Paragraph copyable code className="gx-key-secret">
          {create.data.key}
        </Typography.Paragraph>
      </Modal>
    );
  }
  return (
    <Modal
      open
      title={t("profile.newKey")}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t("common.create")}
      confirmLoading={create.isPending}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => create.mutate(values)}>
        <Form.Item
          name="name"
          label={t("profile.keyName")}
          validateStatus={create.error ? "error" : undefined}
          help={create.error ? errorText(create.error) : undefined}
          rules={[{ required: true, whitespace: true, message: t("common.required", { field: t("profile.keyName") }) }]}
        >
          <Input placeholder={t("profile.keyNamePlaceholder")} maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item name="expires" label={t("profile.keyExpires")}>
          <DatePicker style={{ width: "100%" }} placeholder={t("profile.keyNever")} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

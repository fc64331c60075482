import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Form, Input, Switch, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { addProvider, changeProvider } from "@/api/providers";
import { queryKeys } from "@/api/query-keys";
import type { IdentityProvider } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useCloseGuard } from "@/ui/leave-guard";
import { SideDrawer } from "@/ui/side-drawer";
import { NewMembersFields } from "./new-members-fields";
import { differs, fromForm, type ProviderForm, toForm } from "./provider-form";

interface ProviderDrawerProps {
  /** The one to be changed; a new one where null. */
  provider: IdentityProvider | null;
  onClose: () => void;
}

/** One identity provider. A new one stays open after saving: the provider must be told where to send people back to. */
export function ProviderDrawer({ provider, onClose }: ProviderDrawerProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [saved, setSaved] = useState(provider);
  const [form] = Form.useForm<ProviderForm>();
  const typed = Form.useWatch([], form);
  const makes = typed?.makes ?? toForm(provider).makes;
  const { close } = useCloseGuard(differs(typed, toForm(saved)), onClose);
  const save = useMutation({
    mutationFn: (values: ProviderForm) => {
      const { secret, ...rest } = fromForm(values);
      return saved
        ? changeProvider(saved.id, { ...rest, ...(secret ? { secret } : {}) })
        : addProvider({ ...rest, secret });
    },
    onSuccess: (answer) => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.providers });
      void queryClient.invalidateQueries({ queryKey: queryKeys.setup });
      void message.success(t("common.saved"));
      if (saved) onClose();
      else {
        setSaved(answer);
        form.setFieldValue("secret", "");
      }
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      const own = error.fieldErrors.map((it) => ({
        name: it.field.replace("settings.new_members.", "").replace("settings.", "") as keyof ProviderForm,
        errors: [it.message],
      }));
      form.setFields(own);
    },
  });
  const ofFields = save.error instanceof ApiError && save.error.fieldErrors.length > 0;
  const needed = (field: string) => [{ required: true, whitespace: true, message: t("common.required", { field }) }];
  return (
    <SideDrawer
      onClose={close}
      size={520}
      title={provider ? t("providers.edit", { name: provider.name }) : t("providers.add")}
      footer={
        <div className="gx-drawer-foot">
          <Button onClick={close}>{t(saved && !provider ? "common.close" : "common.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t("common.save")}
          </Button>
        </div>
      }
    >
      {save.error && !ofFields ? (
        <Alert type="error" showIcon title={errorText(save.error)} className="gx-drawer-note" />
      ) : null}
      {saved?.redirect_url ? (
        <Alert
          type={provider ? "info" : "success"}
          className="gx-drawer-note"
          title={t("providers.redirectTitle")}
          description={
            <>
              <Typography.Paragraph copyable code className="gx-key-secret">
                {saved.redirect_url}
              </Typography.Paragraph>
              <span>{t("providers.logoutTitle")}</span>
              <Typography.Paragraph copyable code className="gx-key-secret">
                {saved.logout_url ?? ""}
              </Typography.Paragraph>
            </>
          }
        />
      ) : null}
      {saved && !saved.redirect_url ? (
        <Alert type="warning" showIcon title={t("providers.noPublicUrl")} className="gx-drawer-note" />
      ) : null}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={toForm(provider)}
        onFinish={(values) => save.mutate(values)}
      >
        <Form.Item
          name="name"
          label={t("providers.name")}
          extra={t("providers.nameHelp")}
          rules={needed(t("providers.name"))}
        >
          <Input maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item
          name="issuer"
          label={t("providers.issuer")}
          extra={t("providers.issuerHelp")}
          rules={needed(t("providers.issuer"))}
        >
          <Input placeholder="https://login.example.com" inputMode="url" autoComplete="off" />
        </Form.Item>
        <Form.Item name="client_id" label={t("providers.clientId")} rules={needed(t("providers.clientId"))}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="secret"
          label={t("providers.secret")}
          extra={t(saved?.secret_set ? "providers.secretKept" : "providers.secretHelp")}
        >
          <Input.Password autoComplete="new-password" visibilityToggle={false} />
        </Form.Item>
        <NewMembersFields makes={makes} />
        <Form.Item name="signs_out" valuePropName="checked" extra={t("providers.signsOutHelp")}>
          <Checkbox>{t("providers.signsOut")}</Checkbox>
        </Form.Item>
        <Form.Item name="enabled" label={t("providers.enabled")} valuePropName="checked" layout="horizontal">
          <Switch />
        </Form.Item>
      </Form>
    </SideDrawer>
  );
}

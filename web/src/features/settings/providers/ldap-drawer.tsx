import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, InputNumber, Segmented, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { addProvider, changeProvider } from "@/api/providers";
import { queryKeys } from "@/api/query-keys";
import type { IdentityProvider } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useCloseGuard } from "@/ui/leave-guard";
import { SideDrawer } from "@/ui/side-drawer";
import { fieldOf, fromLdapForm, type LdapForm, presets, toLdapForm } from "./ldap-form";
import { NewMembersFields } from "./new-members-fields";
import { OrganisationFields } from "./organisation-fields";
import { differs } from "./provider-form";

interface LdapDrawerProps {
  /** The one to be changed; a new one where null. */
  provider: IdentityProvider | null;
  onClose: () => void;
}

/** One directory, asked by LDAP. */
export function LdapDrawer({ provider, onClose }: LdapDrawerProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [form] = Form.useForm<LdapForm>();
  const typed = Form.useWatch([], form);
  const { makes, takes, encryption } = { ...toLdapForm(provider), ...typed };
  const { close } = useCloseGuard(differs(typed, toLdapForm(provider)), onClose);
  const save = useMutation({
    mutationFn: (values: LdapForm) => {
      const { secret, ...rest } = fromLdapForm(values);
      return provider
        ? changeProvider(provider.id, { ...rest, ...(secret ? { secret } : {}) })
        : addProvider({ ...rest, secret });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.providers });
      void queryClient.invalidateQueries({ queryKey: queryKeys.setup });
      void message.success(t("common.saved"));
      onClose();
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      form.setFields(error.fieldErrors.map((it) => ({ name: fieldOf(it.field), errors: [it.message] })));
    },
  });
  const ofFields = save.error instanceof ApiError && save.error.fieldErrors.length > 0;
  const needed = (field: string) => [{ required: true, whitespace: true, message: t("common.required", { field }) }];
  const preset = (name: string) => {
    if (name === "openldap" || name === "active_directory") form.setFieldsValue(presets[name]);
  };
  return (
    <SideDrawer
      onClose={close}
      size={520}
      title={provider ? t("providers.edit", { name: provider.name }) : t("ldap.add")}
      footer={
        <div className="gx-drawer-foot">
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t("common.save")}
          </Button>
        </div>
      }
    >
      {save.error && !ofFields ? (
        <Alert type="error" showIcon title={errorText(save.error)} className="gx-drawer-note" />
      ) : null}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={toLdapForm(provider)}
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
        <Form.Item name="host" label={t("ldap.host")} extra={t("ldap.hostHelp")} rules={needed(t("ldap.host"))}>
          <Input placeholder="ldap.example.com" autoComplete="off" />
        </Form.Item>
        <Form.Item name="encryption" label={t("ldap.encryption")} extra={t(`ldap.encryptionHelp.${encryption}`)}>
          <Select
            options={(["tls", "start_tls", "none"] as const).map((value) => ({
              value,
              label: t(`ldap.encryptions.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="port" label={t("ldap.port")}>
          <InputNumber
            min={1}
            max={65535}
            precision={0}
            placeholder={encryption === "tls" ? "636" : "389"}
            style={{ width: 160 }}
          />
        </Form.Item>
        {encryption === "none" ? null : (
          <Form.Item name="certificate" label={t("ldap.certificate")} extra={t("ldap.certificateHelp")}>
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} placeholder="-----BEGIN CERTIFICATE-----" />
          </Form.Item>
        )}
        <Form.Item name="bind_dn" label={t("ldap.bindDn")} extra={t("ldap.bindDnHelp")}>
          <Input placeholder="cn=reader,dc=example,dc=com" autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="secret"
          label={t("ldap.secret")}
          extra={t(provider?.secret_set ? "ldap.secretKept" : "ldap.secretHelp")}
        >
          <Input.Password autoComplete="new-password" visibilityToggle={false} />
        </Form.Item>
        <Form.Item name="base" label={t("ldap.base")} extra={t("ldap.baseHelp")} rules={needed(t("ldap.base"))}>
          <Input placeholder="ou=people,dc=example,dc=com" autoComplete="off" />
        </Form.Item>
        {provider ? null : (
          <Form.Item label={t("ldap.preset")}>
            <Segmented
              defaultValue="openldap"
              onChange={preset}
              options={[
                { value: "openldap", label: "OpenLDAP" },
                { value: "active_directory", label: "Active Directory" },
              ]}
            />
          </Form.Item>
        )}
        <Form.Item name="filter" label={t("ldap.filter")} rules={needed(t("ldap.filter"))}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="login"
          label={t("ldap.login")}
          extra={t("ldap.loginHelp")}
          rules={[{ required: true, type: "array", min: 1, message: t("common.required", { field: t("ldap.login") }) }]}
        >
          <Select mode="tags" tokenSeparators={[",", " ", "，"]} open={false} />
        </Form.Item>
        <Form.Item name="id" label={t("ldap.id")} extra={t("ldap.idHelp")} rules={needed(t("ldap.id"))}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="email" label={t("ldap.email")} rules={needed(t("ldap.email"))}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="display" label={t("ldap.display")} rules={needed(t("ldap.display"))}>
          <Input autoComplete="off" />
        </Form.Item>
        <NewMembersFields makes={makes} />
        <OrganisationFields takes={takes} />
        <Form.Item name="enabled" label={t("providers.enabled")} valuePropName="checked" layout="horizontal">
          <Switch />
        </Form.Item>
      </Form>
    </SideDrawer>
  );
}

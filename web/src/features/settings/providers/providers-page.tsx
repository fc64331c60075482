import {
  ApartmentOutlined,
  ApiOutlined,
  DeleteOutlined,
  EditOutlined,
  LoginOutlined,
  PlusOutlined,
} from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Space, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { checkProvider, listProviders, removeProvider } from "@/api/providers";
import { queryKeys } from "@/api/query-keys";
import type { IdentityProvider } from "@/api/types";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "../settings-frame";
import { LdapDrawer } from "./ldap-drawer";
import { ProviderDrawer } from "./provider-drawer";
import { ScimPanel } from "./scim-panel";
import { SyncDrawer } from "./sync-drawer";
import "../rights/rights.css";
import "./providers.css";

type Open = { kind: IdentityProvider["settings"]["kind"]; provider: IdentityProvider | null };

/** Identity providers: the accounts people have elsewhere, by which they sign in here. */
export function SettingsProvidersPage() {
  const { t } = useTranslation();
  const providers = useQuery({
    queryKey: queryKeys.providers,
    queryFn: ({ signal }) => listProviders(signal),
  });
  const [open, setOpen] = useState<Open | null>(null);
  const [syncing, setSyncing] = useState<IdentityProvider | null>(null);
  const items = providers.data ?? [];
  const add = (
    <Space wrap>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen({ kind: "oidc", provider: null })}>
        {t("providers.add")}
      </Button>
      <Button icon={<PlusOutlined />} onClick={() => setOpen({ kind: "ldap", provider: null })}>
        {t("ldap.add")}
      </Button>
    </Space>
  );
  return (
    <SettingsFrame title={t("providers.title")} subtitle={t("providers.text")} actions={items.length > 0 ? add : null}>
      {providers.isPending ? <PageSkeleton rows={4} /> : null}
      {providers.error && !providers.data ? (
        <ErrorState error={providers.error} onRetry={() => void providers.refetch()} />
      ) : null}
      {providers.data && items.length === 0 ? (
        <EmptyState icon={<LoginOutlined />} title={t("providers.none")} text={t("providers.noneText")} actions={add} />
      ) : null}
      {items.some((it) => it.settings.kind === "oidc" && it.redirect_url === null) ? (
        <Alert type="warning" showIcon title={t("providers.noPublicUrl")} className="gx-drawer-note" />
      ) : null}
      {items.length > 0 ? (
        <ul className="gx-panel gx-role-list gx-provider-list">
          {items.map((provider) => (
            <li key={provider.id}>
              <ProviderLine
                provider={provider}
                onSync={() => setSyncing(provider)}
                onEdit={() => setOpen({ kind: provider.settings.kind, provider })}
              />
            </li>
          ))}
        </ul>
      ) : null}
      {syncing ? <SyncDrawer provider={syncing} onClose={() => setSyncing(null)} /> : null}
      <ScimPanel />
      {open?.kind === "oidc" ? <ProviderDrawer provider={open.provider} onClose={() => setOpen(null)} /> : null}
      {open?.kind === "ldap" ? <LdapDrawer provider={open.provider} onClose={() => setOpen(null)} /> : null}
    </SettingsFrame>
  );
}

/** Where it is. */
const placeOf = ({ settings }: IdentityProvider) =>
  settings.kind === "oidc" ? settings.issuer : `LDAP ${settings.host} · ${settings.base}`;

interface ProviderLineProps {
  provider: IdentityProvider;
  onEdit: () => void;
  onSync: () => void;
}

function ProviderLine({ provider, onEdit, onSync }: ProviderLineProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const check = useMutation({
    mutationFn: () => checkProvider(provider.id),
    onSuccess: (found) => {
      const { name } = provider;
      if (found.kind === "oidc") return void message.success(t("providers.answers", { name }));
      return void message.success(t(found.more ? "ldap.foundMore" : "ldap.found", { name, count: found.people }));
    },
    onError: (error) => void message.error(errorText(error), 8),
  });
  const ask = () =>
    modal.confirm({
      title: t("providers.remove", { name: provider.name }),
      content: t("providers.removeText", { count: provider.members }),
      okText: t("common.delete"),
      okButtonProps: { danger: true },
      onOk: () =>
        removeProvider(provider.id).then(
          () => {
            void queryClient.invalidateQueries({ queryKey: queryKeys.providers });
            void queryClient.invalidateQueries({ queryKey: queryKeys.setup });
          },
          (error: unknown) => void message.error(errorText(error)),
        ),
    });
  return (
    <>
      <LoginOutlined aria-hidden />
      <div className="gx-field-name">
        <button type="button" onClick={onEdit}>
          {provider.name}
        </button>
        {provider.enabled ? null : <Tag>{t("providers.off")}</Tag>}
        <small className="gx-muted" style={{ overflowWrap: "anywhere" }}>
          {placeOf(provider)} · {t("providers.membersBound", { count: provider.members })}
        </small>
      </div>
      {provider.settings.kind === "ldap" && provider.settings.organisation ? (
        <Button size="small" icon={<ApartmentOutlined />} disabled={!provider.enabled} onClick={onSync}>
          {t("ldap.sync")}
        </Button>
      ) : null}
      <Button size="small" icon={<ApiOutlined />} loading={check.isPending} onClick={() => check.mutate()}>
        {t("providers.check")}
      </Button>
      <Button
        type="text"
        size="small"
        icon={<EditOutlined />}
        aria-label={t("providers.edit", { name: provider.name })}
        onClick={onEdit}
      />
      <Button
        type="text"
        size="small"
        danger
        icon={<DeleteOutlined />}
        aria-label={t("providers.remove", { name: provider.name })}
        onClick={ask}
      />
    </>
  );
}

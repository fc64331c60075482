import { DeleteOutlined, PlusOutlined, SyncOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listScimTokens, removeScimToken } from "@/api/scim";
import type { ScimToken } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { NewScimTokenDialog } from "./new-scim-token-dialog";
import { useRoleNames } from "./role-names";

/** Identity systems that keep members and teams by SCIM: where they call, and with what. */
export function ScimPanel() {
  const { t } = useTranslation();
  const tokens = useQuery({ queryKey: queryKeys.scimTokens, queryFn: ({ signal }) => listScimTokens(signal) });
  const [creating, setCreating] = useState(false);
  const { items = [], base_url = "" } = tokens.data ?? {};
  const whole = !base_url.startsWith("/");
  return (
    <section className="gx-panel">
      <h2>{t("scim.title")}</h2>
      <p>{t("scim.text")}</p>
      {tokens.isPending ? <PageSkeleton rows={2} /> : null}
      {tokens.error && !tokens.data ? <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} /> : null}
      {tokens.data ? (
        <p>
          {t("scim.address")}{" "}
          <Typography.Text copyable code className="gx-key-secret">
            {whole ? base_url : `${window.location.origin}${base_url}`}
          </Typography.Text>
        </p>
      ) : null}
      {tokens.data && !whole ? (
        <Alert type="warning" showIcon title={t("scim.noPublicUrl")} className="gx-drawer-note" />
      ) : null}
      {items.length > 0 ? (
        <ul className="gx-role-list gx-token-list">
          {items.map((token) => (
            <li key={token.id}>
              <TokenLine token={token} />
            </li>
          ))}
        </ul>
      ) : null}
      {tokens.data ? (
        <Button icon={<PlusOutlined />} onClick={() => setCreating(true)}>
          {t("scim.add")}
        </Button>
      ) : null}
      {creating ? <NewScimTokenDialog onClose={() => setCreating(false)} /> : null}
    </section>
  );
}

function TokenLine({ token }: { token: ScimToken }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const roleNames = useRoleNames();
  const ask = () =>
    modal.confirm({
      title: t("scim.remove", { name: token.name }),
      content: t("scim.removeText"),
      okText: t("scim.removeOk"),
      okButtonProps: { danger: true },
      onOk: () =>
        removeScimToken(token.id).then(
          () => void queryClient.invalidateQueries({ queryKey: queryKeys.scimTokens }),
          (error: unknown) => void message.error(errorText(error)),
        ),
    });
  const facts = [
    t("scim.madeBy", { name: token.owner.label ?? "", date: formats.dateTime(token.created_at) }),
    token.used_at ? t("scim.used", { date: formats.dateTime(token.used_at) }) : t("scim.neverUsed"),
    token.expires_at ? t("scim.until", { date: formats.dateTime(token.expires_at) }) : t("scim.noEnd"),
  ];
  return (
    <>
      <SyncOutlined aria-hidden />
      <div>
        <strong>{token.name}</strong>{" "}
        {token.roles.includes("administrator") ? <ColorTag color="gold">{t("scim.powerful")}</ColorTag> : null}
        <small className="gx-muted">{facts.join(" · ")}</small>
        <small className="gx-muted">{t("scim.gives", { roles: roleNames(token.roles) })}</small>
      </div>
      <Button
        type="text"
        size="small"
        danger
        icon={<DeleteOutlined />}
        aria-label={t("scim.remove", { name: token.name })}
        onClick={ask}
      />
    </>
  );
}

import { LinkOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { bindIdentity, listIdentities, releaseIdentity } from "@/api/providers";
import { queryKeys } from "@/api/query-keys";
import type { OwnIdentity } from "@/api/types";
import { setOut } from "@/engine/provider-journey";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";

/** One's accounts at identity providers: bound by whoever is signed in here and there with the same address. */
export function IdentitiesPanel() {
  const { t } = useTranslation();
  const identities = useQuery({
    queryKey: queryKeys.identities,
    queryFn: ({ signal }) => listIdentities(signal),
  });
  if (identities.error) return <ErrorState error={identities.error} onRetry={() => void identities.refetch()} />;
  if (!identities.data || identities.data.length === 0) return null;
  return (
    <section className="gx-panel">
      <h2>{t("providers.mineTitle")}</h2>
      <p>{t("providers.mineText")}</p>
      <ul className="gx-sessions">
        {identities.data.map((identity) => (
          <IdentityRow key={identity.provider} identity={identity} />
        ))}
      </ul>
    </section>
  );
}

function IdentityRow({ identity }: { identity: OwnIdentity }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { modal, message } = App.useApp();
  const errorText = useErrorText();
  const failed = (error: unknown) => void message.error(errorText(error));
  const bind = useMutation({
    mutationFn: () => bindIdentity(identity.provider),
    onSuccess: (url) => setOut({ purpose: "bind", back: "/profile/security" }, url),
    onError: failed,
  });
  const ask = () =>
    modal.confirm({
      title: t("providers.release", { provider: identity.name }),
      content: t("providers.releaseText"),
      okText: t("providers.releaseOk"),
      okButtonProps: { danger: true },
      onOk: () =>
        releaseIdentity(identity.provider).then(() => {
          void queryClient.invalidateQueries({ queryKey: queryKeys.identities });
          void queryClient.invalidateQueries({ queryKey: queryKeys.sessions() });
        }, failed),
    });
  return (
    <li>
      <LinkOutlined aria-hidden />
      <div>
        <strong>{identity.name}</strong>
        <span className="gx-muted">
          {identity.bound_at
            ? t("providers.boundSince", { email: identity.email ?? "", when: formats.dateTime(identity.bound_at) })
            : t("providers.notBound")}
          {identity.used_at ? ` · ${t("security.factorUsed", { when: formats.relative(identity.used_at) })}` : ""}
        </span>
      </div>
      {identity.bound_at ? (
        <Button size="small" danger type="text" onClick={ask}>
          {t("providers.releaseOk")}
        </Button>
      ) : identity.kind === "ldap" ? null : (
        <Button size="small" loading={bind.isPending} onClick={() => bind.mutate()}>
          {t("providers.bind")}
        </Button>
      )}
    </li>
  );
}

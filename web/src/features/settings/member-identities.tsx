import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { listIdentitiesOf, releaseIdentityOf } from "@/api/members";
import { queryKeys } from "@/api/query-keys";
import type { OwnIdentity } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";

/** The accounts elsewhere that a member signs in by; nothing where he has none. */
export function MemberIdentities({ member }: { member: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const identities = useQuery({
    queryKey: queryKeys.identitiesOf(member),
    queryFn: ({ signal }) => listIdentitiesOf(member, signal),
  });
  const bound = identities.data?.filter((it) => it.bound_at) ?? [];
  if (bound.length === 0) return null;
  const ask = (identity: OwnIdentity) =>
    modal.confirm({
      title: t("providers.release", { provider: identity.name }),
      content: t("providers.releaseOfText"),
      okText: t("providers.releaseOk"),
      okButtonProps: { danger: true },
      onOk: () =>
        releaseIdentityOf(member, identity.provider).then(
          () => {
            void queryClient.invalidateQueries({ queryKey: queryKeys.identitiesOf(member) });
            void queryClient.invalidateQueries({ queryKey: queryKeys.sessions(member) });
          },
          (error: unknown) => void message.error(errorText(error)),
        ),
    });
  return (
    <section className="gx-drawer-part">
      <h2>{t("providers.mineTitle")}</h2>
      <ul className="gx-sessions">
        {bound.map((identity) => (
          <li key={identity.provider}>
            <div>
              <strong>{identity.name}</strong>
              <span className="gx-muted">
                {t("providers.boundSince", {
                  email: identity.email ?? "",
                  when: formats.dateTime(identity.bound_at ?? ""),
                })}
              </span>
            </div>
            <Button size="small" danger type="text" onClick={() => ask(identity)}>
              {t("providers.releaseOk")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

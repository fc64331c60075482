import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { beginView, listWaiting, makeLink, readFactorsOf, resetFactors, revokeLink } from "@/api/members";
import { pagePath } from "@/api/place";
import { queryKeys } from "@/api/query-keys";
import type { RecordData, WaitingMember } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { useMe } from "@/engine/session";
import { SessionList } from "@/engine/session-list";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { SideDrawer } from "@/ui/side-drawer";
import { MemberIdentities } from "./member-identities";

/** Members without a password, by their id. */
export function useWaitingMembers(): Map<string, WaitingMember> {
  const waiting = useQuery({
    queryKey: queryKeys.waiting,
    queryFn: ({ signal }) => listWaiting(signal),
  });
  return new Map(waiting.data?.map((item) => [item.member, item]));
}

/** How a member without a password stands, in a word. */
export function useWaitingText(): (waiting: WaitingMember, long?: boolean) => string {
  const { t } = useTranslation();
  const formats = useFormats();
  return (waiting, long = false) => {
    if (!waiting.expires_at) return t("security.nobodyInvited");
    if (new Date(waiting.expires_at).getTime() <= Date.now()) return t("security.invitationOver");
    return long ? t("security.invitedUntil", { when: formats.dateTime(waiting.expires_at) }) : t("security.invited");
  };
}

/** How one member signs in: his invitation or his way to another password, and where he is signed in. */
export function MemberSignIn({ member, onClose }: { member: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const name = asText(member.name);
  const waiting = useWaitingMembers().get(member.id);
  const waitingText = useWaitingText();
  const me = useMe();
  const { administrator } = useMeta();
  return (
    <SideDrawer title={t("security.memberTitle", { name })} size={520} onClose={onClose}>
      <section className="gx-drawer-part">
        <h2>{t("security.memberState")}</h2>
        <p>{waiting ? waitingText(waiting, true) : t("security.memberHasPassword")}</p>
        <MemberLink member={member} waiting={waiting} />
      </section>
      {waiting || !administrator ? null : <MemberFactors member={member.id} />}
      {administrator ? <MemberIdentities member={member.id} /> : null}
      {waiting || !administrator ? null : (
        <section className="gx-drawer-part">
          <h2>{t("security.sessionsTitle")}</h2>
          <SessionList member={member.id} />
        </section>
      )}
      {member.id === me.user.id || waiting || !administrator ? null : <MemberView member={member} />}
    </SideDrawer>
  );
}

function MemberFactors({ member }: { member: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const factors = useQuery({
    queryKey: queryKeys.factors(member),
    queryFn: ({ signal }) => readFactorsOf(member, signal),
  });
  const names = factors.data?.items.map((factor) => factor.name) ?? [];
  const reset = async () => {
    try {
      await resetFactors(member);
      void message.success(t("security.factorsReset"));
    } catch (error) {
      void message.error(errorText(error));
    }
    void queryClient.invalidateQueries({ queryKey: queryKeys.factors(member) });
    void queryClient.invalidateQueries({ queryKey: queryKeys.sessions(member) });
  };
  const ask = () =>
    modal.confirm({
      title: t("security.resetFactorsConfirm"),
      content: t("security.resetFactorsText"),
      okText: t("security.resetFactors"),
      okButtonProps: { danger: true },
      onOk: reset,
    });
  return (
    <section className="gx-drawer-part">
      <h2>{t("security.factorsOf")}</h2>
      <p>{names.length > 0 ? names.join(" · ") : t("security.noFactors")}</p>
      {names.length > 0 ? (
        <Button danger onClick={ask}>
          {t("security.resetFactors")}
        </Button>
      ) : null}
    </section>
  );
}

function MemberView({ member }: { member: RecordData }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const begin = useMutation({
    mutationFn: () => beginView(member.id),
    // Everything on the screen is another's from now on: begin anew.
    onSuccess: () => window.location.assign(pagePath("/")),
    onError: (error) => void message.error(errorText(error)),
  });
  return (
    <section className="gx-drawer-part">
      <h2>{t("security.viewTitle")}</h2>
      <p className="gx-muted">{t("security.viewText")}</p>
      <Button loading={begin.isPending || begin.isSuccess} onClick={() => begin.mutate()}>
        {t("security.viewAs", { name: asText(member.name) })}
      </Button>
    </section>
  );
}

function MemberLink({ member, waiting }: { member: RecordData; waiting: WaitingMember | undefined }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const refresh = () => queryClient.invalidateQueries({ queryKey: queryKeys.waiting });
  const make = useMutation({ mutationFn: () => makeLink(member.id), onSuccess: refresh });
  const revoke = useMutation({
    mutationFn: () => revokeLink(member.id),
    onSuccess: () => {
      make.reset();
      void message.success(t("security.linkRevoked"));
      return refresh();
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const link = make.data;
  const label = !waiting ? "resetPassword" : waiting.invited_at ? "inviteAgain" : "invite";
  return (
    <>
      <p className="gx-muted">{t(waiting ? "security.inviteText" : "security.resetText")}</p>
      {make.error ? <Alert type="error" showIcon title={errorText(make.error)} className="gx-drawer-note" /> : null}
      {link?.mailed ? (
        <Alert
          type="success"
          showIcon
          title={t("security.mailedTo", { email: asText(member.email) })}
          className="gx-drawer-note"
        />
      ) : null}
      {link?.path ? (
        <Alert
          type="info"
          className="gx-drawer-note"
          title={t("security.linkOnce", { when: link.expires_at ? formats.dateTime(link.expires_at) : "" })}
          description={
            <Typography.Paragraph copyable code className="gx-once">
              {link.url ?? `${window.location.origin}${link.path}`}
            </Typography.Paragraph>
          }
        />
      ) : null}
      <div className="gx-drawer-buttons">
        <Button type={waiting ? "primary" : "default"} loading={make.isPending} onClick={() => make.mutate()}>
          {t(`security.${label}`)}
        </Button>
        {link || waiting?.invited_at ? (
          <Button danger type="text" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t("security.revokeLink")}
          </Button>
        ) : null}
      </div>
    </>
  );
}

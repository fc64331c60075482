import { DesktopOutlined, MobileOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { endOtherSessions, endSession, listSessions } from "@/api/account";
import { endSessionOf, endSessionsOf, listSessionsOf } from "@/api/members";
import { queryKeys } from "@/api/query-keys";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { describeDevice } from "./device";

/** Where somebody is signed in: the caller himself, or a member whose id is given. Each entry can be ended. */
export function SessionList({ member }: { member?: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const key = queryKeys.sessions(member);
  const sessions = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => (member ? listSessionsOf(member, signal) : listSessions(signal)),
  });
  const end = useMutation({
    mutationFn: async (id: string | null): Promise<unknown> => {
      if (id) return member ? endSessionOf(member, id) : endSession(id);
      return member ? endSessionsOf(member) : endOtherSessions();
    },
    onSuccess: () => {
      void message.success(t("security.sessionEnded"));
      return queryClient.invalidateQueries({ queryKey: key });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const askAll = () =>
    modal.confirm({
      title: t(member ? "security.endAllConfirm" : "security.endOthersConfirm"),
      okText: t("security.end"),
      okButtonProps: { danger: true },
      onOk: () => end.mutateAsync(null),
    });
  if (sessions.error) return <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />;
  const items = sessions.data ?? [];
  const others = items.filter((session) => !session.current).length;
  return (
    <>
      <ul className="gx-sessions">
        {items.map((session) => {
          const device = describeDevice(session.device);
          return (
            <li key={session.id}>
              {device.phone ? <MobileOutlined aria-hidden /> : <DesktopOutlined aria-hidden />}
              <div>
                <strong title={session.device}>{device.name || t("security.unknownDevice")}</strong>
                {session.current ? <ColorTag color="green">{t("security.thisSession")}</ColorTag> : null}
                <span className="gx-muted">
                  {session.address}
                  {" · "}
                  {t("security.sessionSince", { when: formats.dateTime(session.created_at) })}
                  {" · "}
                  {t("security.sessionSeen", { when: formats.relative(session.seen_at) })}
                </span>
              </div>
              {session.current ? null : (
                <Button size="small" danger type="text" onClick={() => end.mutate(session.id)}>
                  {t("security.end")}
                </Button>
              )}
            </li>
          );
        })}
        {sessions.isSuccess && items.length === 0 ? <li className="gx-muted">{t("security.noSessions")}</li> : null}
      </ul>
      {others > 0 && (member || items.length > 1) ? (
        <Button onClick={askAll} loading={end.isPending}>
          {t(member ? "security.endAll" : "security.endOthers")}
        </Button>
      ) : null}
    </>
  );
}

import { BellOutlined, DesktopOutlined, MobileOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { type PushState, type PushSubscriptionInfo, pushOptions } from "@/api/outreach";
import { queryKeys } from "@/api/query-keys";
import { describeDevice } from "@/engine/device";
import { PushRefused, pushAbility, startPush, stopPush } from "@/engine/notifications/browser-push";
import { useMe } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useAppearance } from "@/ui/appearance";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { tagColors } from "@/ui/theme";
import "./profile.css";

/** Browsers that show one's news while no page of the app is open. */
export function PushPanel() {
  const { t } = useTranslation();
  const { user } = useMe();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const state = useQuery(pushOptions);
  const ability = pushAbility();
  const settled = () => queryClient.invalidateQueries({ queryKey: queryKeys.push });
  const start = useMutation({
    mutationFn: (known: PushState) => startPush(known, user.id),
    onSuccess: () => {
      void message.success(t("outreach.push.started"));
      return settled();
    },
  });
  const stop = useMutation({
    mutationFn: (one: PushSubscriptionInfo) => stopPush(one, user.id),
    onSuccess: () => {
      void message.success(t("outreach.push.stopped"));
      return settled();
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const here = state.data?.items.some((one) => one.current) ?? false;
  const refused = start.error instanceof PushRefused ? t(`outreach.push.refused.${start.error.reason}`) : null;
  return (
    <section className="gx-panel" aria-labelledby="push-title">
      <h2 id="push-title">{t("outreach.push.title")}</h2>
      <p>{t("outreach.push.text")}</p>
      {state.error ? <ErrorState error={state.error} onRetry={() => void state.refetch()} /> : null}
      {start.error ? (
        <Alert type="error" showIcon title={refused ?? errorText(start.error)} className="gx-profile-note" />
      ) : null}
      <ul className="gx-key-list">
        {state.data?.items.map((one) => (
          <Browser key={one.id} one={one} onStop={() => stop.mutate(one)} />
        ))}
        {state.data?.items.length === 0 ? <li className="gx-muted">{t("outreach.push.none")}</li> : null}
      </ul>
      {ability === "able" && state.data && !here ? (
        <Button icon={<BellOutlined />} loading={start.isPending} onClick={() => start.mutate(state.data)}>
          {t("outreach.push.start")}
        </Button>
      ) : null}
      {ability === "able" || here ? null : <Alert type="info" showIcon title={t(`outreach.push.${ability}`)} />}
    </section>
  );
}

function Browser({ one, onStop }: { one: PushSubscriptionInfo; onStop: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { scheme } = useAppearance();
  const device = describeDevice(one.device);
  const name = device.name || t("security.unknownDevice");
  return (
    <li>
      <div>
        <strong title={one.device}>
          {device.phone ? <MobileOutlined aria-hidden /> : <DesktopOutlined aria-hidden />} {name}{" "}
          {one.current ? (
            <span className="gx-tag" style={tagColors("green", scheme)}>
              {t("security.thisSession")}
            </span>
          ) : null}
        </strong>
        <span className="gx-muted">
          {one.used_at
            ? t("outreach.push.used", { when: formats.relative(one.used_at) })
            : t("outreach.push.since", { when: formats.dateTime(one.created_at) })}
        </span>
        {one.last_error ? (
          <span className="gx-key-problem">{t("outreach.push.failed", { why: one.last_error })}</span>
        ) : null}
      </div>
      <Button size="small" danger type="text" aria-label={`${t("outreach.push.stop")} · ${name}`} onClick={onStop}>
        {t("outreach.push.stop")}
      </Button>
    </li>
  );
}

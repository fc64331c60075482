import { useQuery } from "@tanstack/react-query";
import { Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { phoneOptions, pushOptions } from "@/api/outreach";
import type { Json } from "@/api/types";
import { type Pace, readWishes, type Wishes } from "@/engine/notifications/notification-model";
import "@/engine/notifications/notifications.css";
import { useMe, usePreference } from "@/engine/session";
import { PhonePanel } from "./phone-panel";
import { ProfileFrame } from "./profile-frame";
import { PushPanel } from "./push-panel";
import { WishesTable } from "./wishes-table";

const PACES: Pace[] = ["at_once", "hourly", "daily"];
const PACED = ["pace", "push_pace", "sms_pace"] as const;

/** What one wishes to be told, where, and when not. */
export function WishesPage() {
  const { t } = useTranslation();
  const { viewer } = useMe();
  const [stored, store] = usePreference<Json>("notifications", null);
  const wishes = readWishes(stored);
  const change = (next: Partial<Wishes>) => store({ ...wishes, ...next } as unknown as Json);
  // Whoever looks with somebody else's rights is told of neither.
  const push = useQuery({ ...pushOptions, enabled: !viewer });
  const phone = useQuery({ ...phoneOptions, enabled: !viewer });
  const reached = {
    push: (push.data?.items.length ?? 0) > 0,
    sms: Boolean(phone.data?.available && phone.data.number),
  };
  return (
    <ProfileFrame part="notifications" wide>
      {viewer ? null : <PushPanel />}
      {viewer ? null : <PhonePanel />}
      <section className="gx-panel">
        <h2>{t("notifications.wishes.title")}</h2>
        <p>{t("notifications.wishes.text")}</p>
        <WishesTable wishes={wishes} reached={reached} onChange={change} />
      </section>
      <section className="gx-panel">
        <h2>{t("notifications.wishes.when")}</h2>
        <p />
        <Form layout="vertical">
          {PACED.map((name) => (
            <Form.Item key={name} label={t(`notifications.wishes.${name}`)} htmlFor={`wishes-${name}`}>
              <Select<Pace>
                id={`wishes-${name}`}
                value={wishes[name]}
                onChange={(pace) => change({ [name]: pace })}
                options={PACES.map((value) => ({ value, label: t(`notifications.paces.${value}`) }))}
              />
            </Form.Item>
          ))}
          <Form.Item label={t("notifications.wishes.quiet")} extra={t("notifications.wishes.quietText")}>
            <Input
              type="time"
              style={{ width: 130 }}
              value={wishes.quiet_from ?? ""}
              aria-label={t("notifications.wishes.quietFrom")}
              onChange={(event) => change({ quiet_from: event.target.value || null })}
            />
            {" – "}
            <Input
              type="time"
              style={{ width: 130 }}
              value={wishes.quiet_until ?? ""}
              aria-label={t("notifications.wishes.quietUntil")}
              onChange={(event) => change({ quiet_until: event.target.value || null })}
            />
          </Form.Item>
          <Form.Item label={t("notifications.wishes.autoFollow")} htmlFor="wishes-follow" style={{ marginBottom: 0 }}>
            <Switch
              id="wishes-follow"
              checked={wishes.auto_follow}
              onChange={(auto_follow) => change({ auto_follow })}
            />
          </Form.Item>
        </Form>
      </section>
    </ProfileFrame>
  );
}

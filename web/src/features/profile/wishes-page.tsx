import { Checkbox, Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { Json } from "@/api/types";
import { KINDS, readWishes, type Wishes } from "@/engine/notifications/notification-model";
import "@/engine/notifications/notifications.css";
import { usePreference } from "@/engine/session";
import { ProfileFrame } from "./profile-frame";

const PACES: Wishes["pace"][] = ["at_once", "hourly", "daily"];

function toggled(list: string[], kind: string, on: boolean): string[] {
  return on ? [...new Set([...list, kind])] : list.filter((one) => one !== kind);
}

/** What one wishes to be told, where, and when not. */
export function WishesPage() {
  const { t } = useTranslation();
  const [stored, store] = usePreference<Json>("notifications", null);
  const wishes = readWishes(stored);
  const change = (next: Partial<Wishes>) => store({ ...wishes, ...next } as unknown as Json);
  return (
    <ProfileFrame part="notifications">
      <section className="gx-panel">
        <h2>{t("notifications.wishes.title")}</h2>
        <p>{t("notifications.wishes.text")}</p>
        <table className="gx-wishes">
          <thead>
            <tr>
              <th scope="col">{t("notifications.wishes.kind")}</th>
              <th scope="col">{t("notifications.wishes.inApp")}</th>
              <th scope="col">{t("notifications.wishes.mail")}</th>
            </tr>
          </thead>
          <tbody>
            {KINDS.map((kind) => {
              const name = t(`notifications.kinds.${kind}`);
              const told = !wishes.muted.includes(kind);
              return (
                <tr key={kind}>
                  <th scope="row">{name}</th>
                  <td>
                    <Checkbox
                      checked={told}
                      aria-label={`${name} · ${t("notifications.wishes.inApp")}`}
                      onChange={(event) => change({ muted: toggled(wishes.muted, kind, !event.target.checked) })}
                    />
                  </td>
                  <td>
                    <Checkbox
                      checked={told && wishes.mailed.includes(kind)}
                      disabled={!told}
                      aria-label={`${name} · ${t("notifications.wishes.mail")}`}
                      onChange={(event) => change({ mailed: toggled(wishes.mailed, kind, event.target.checked) })}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <section className="gx-panel">
        <h2>{t("notifications.wishes.when")}</h2>
        <p />
        <Form layout="vertical">
          <Form.Item label={t("notifications.wishes.pace")} htmlFor="wishes-pace">
            <Select<Wishes["pace"]>
              id="wishes-pace"
              value={wishes.pace}
              onChange={(pace) => change({ pace })}
              options={PACES.map((value) => ({ value, label: t(`notifications.paces.${value}`) }))}
            />
          </Form.Item>
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

import { Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import { KINDS, type Wishes } from "@/engine/notifications/notification-model";

interface WishesTableProps {
  wishes: Wishes;
  /** Ways that lead to the member by now; a wish for another one is kept until it does. */
  reached: { push: boolean; sms: boolean };
  onChange: (next: Partial<Wishes>) => void;
}

const WAYS = [
  { list: "mailed", name: "mail" },
  { list: "pushed", name: "push" },
  { list: "texted", name: "sms" },
] as const;

function toggled(list: string[], kind: string, on: boolean): string[] {
  return on ? [...new Set([...list, kind])] : list.filter((one) => one !== kind);
}

/** Each kind of news and each way it may go. */
export function WishesTable({ wishes, reached, onChange }: WishesTableProps) {
  const { t } = useTranslation();
  const open = (name: (typeof WAYS)[number]["name"]) => name === "mail" || reached[name];
  return (
    <table className="gx-wishes">
      <thead>
        <tr>
          <th scope="col">{t("notifications.wishes.kind")}</th>
          <th scope="col">{t("notifications.wishes.inApp")}</th>
          {WAYS.map(({ name }) => (
            <th key={name} scope="col">
              {t(`notifications.wishes.${name}`)}
              {open(name) ? null : <span className="gx-muted">{t("outreach.notYet")}</span>}
            </th>
          ))}
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
                  onChange={(event) => onChange({ muted: toggled(wishes.muted, kind, !event.target.checked) })}
                />
              </td>
              {WAYS.map(({ list, name: way }) => (
                <td key={list}>
                  <Checkbox
                    checked={told && wishes[list].includes(kind)}
                    disabled={!told}
                    aria-label={`${name} · ${t(`notifications.wishes.${way}`)}`}
                    onChange={(event) => onChange({ [list]: toggled(wishes[list], kind, event.target.checked) })}
                  />
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

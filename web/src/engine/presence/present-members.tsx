import { Avatar, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { type PresentMember, usePresence } from "@/realtime/presence";
import { findField } from "../meta";
import "./presence.css";

/** Faces shown; the others are a number. */
const SHOWN = 4;

/** A face without a picture: the first letter, of a Chinese name the last character. */
function initial(name: string | null): string {
  if (!name) return "?";
  return (/\p{Script=Han}$/u.test(name) ? name.slice(-1) : name.slice(0, 1)).toUpperCase();
}

/** Who else has a record, or without one the board of an object, before him. */
export function PresentMembers({ object, id }: { object: ObjectMeta; id: string | null }) {
  const { t } = useTranslation();
  const label = useLabel();
  const others = usePresence(object.name, id);
  if (others.length === 0) return null;
  const text = (one: PresentMember) => {
    const name = one.label ?? t("form.somebody");
    if (one.typing) return t("record.presentTyping", { name });
    const field = one.field ? findField(object, one.field) : null;
    if (field) return t("record.presentEditing", { name, field: label(field.label) });
    return t("record.presentReading", { name });
  };
  return (
    <ul className="gx-present" aria-label={t("record.present")}>
      {others.slice(0, SHOWN).map((one) => (
        <li key={one.id}>
          <Tooltip title={text(one)}>
            <Avatar size={26} className="gx-present-face" data-editing={one.field !== null || undefined}>
              <span aria-hidden>{initial(one.label)}</span>
              <span className="gx-visually-hidden">{text(one)}</span>
            </Avatar>
          </Tooltip>
        </li>
      ))}
      {others.length > SHOWN ? (
        <li>
          <Tooltip title={others.slice(SHOWN).map(text).join(t("common.comma"))}>
            <Avatar size={26} className="gx-present-face">
              +{others.length - SHOWN}
            </Avatar>
          </Tooltip>
        </li>
      ) : null}
    </ul>
  );
}

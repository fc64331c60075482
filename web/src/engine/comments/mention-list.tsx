import { ApartmentOutlined, IdcardOutlined, TeamOutlined, UserOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Mentionable } from "./mentionables";

const ICONS = {
  member: <UserOutlined />,
  team: <TeamOutlined />,
  department: <ApartmentOutlined />,
  role: <IdcardOutlined />,
};

interface Props {
  id: string;
  found: Mentionable[];
  active: number;
  onChoose: (one: Mentionable) => void;
}

/** Those who can be mentioned by what is typed; the arrows and Enter choose as well as a click does. */
export function MentionList({ id, found, active, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <div className="gx-mentions" id={id} role="listbox" aria-label={t("comments.mentionWhom")}>
      {found.length === 0 ? <div className="gx-muted gx-mention">{t("comments.nobodyFound")}</div> : null}
      {found.map((one, index) => (
        <div
          key={`${one.kind}${one.id}`}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          className="gx-mention"
          aria-selected={index === active}
          // The editor must keep its cursor.
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(one);
          }}
        >
          {ICONS[one.kind]}
          <span>{one.label}</span>
          {one.kind === "member" ? null : <span className="gx-muted">{t(`comments.kinds.${one.kind}`)}</span>}
        </div>
      ))}
    </div>
  );
}

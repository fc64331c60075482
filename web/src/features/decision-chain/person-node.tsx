import { EditOutlined } from "@ant-design/icons";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { RecordLink } from "@/fields/record-link";
import type { Placed } from "./chain-layout";

interface PersonNodeProps {
  node: Placed;
  role: string;
  attitude: string;
  influence: string;
  /** The name of whom he listens to. */
  above: string | null;
  Sign: ComponentType | undefined;
  colors: { background: string; color: string };
  mayEdit: boolean;
  /** An arrow was pressed; whether it led anywhere. */
  onArrow: (key: string) => boolean;
  onOpen: () => void;
}

/** Somebody on the map: who it is, what he is there for, what he thinks. */
export function PersonNode(props: PersonNodeProps) {
  const { node, role, attitude, influence, above, Sign, colors, mayEdit, onArrow, onOpen } = props;
  const { t } = useTranslation();
  const { person, x, y, width, height } = node;
  const name = person.name ?? t("chain.hidden");
  const told = [
    name,
    role,
    attitude,
    t("chain.influence", { level: influence }),
    ...(above ? [t("chain.listensTo", { name: above })] : []),
  ];
  return (
    <li
      className="gx-chain-person"
      data-person={person.id}
      data-influence={person.influence}
      style={{ left: x, top: y, width, height, borderInlineStartColor: colors.color }}
      title={person.note || undefined}
    >
      <div className="gx-chain-name">
        {person.contact && person.name ? (
          <RecordLink object="contact" id={person.contact}>
            {name}
          </RecordLink>
        ) : (
          <span className="gx-muted">{name}</span>
        )}
        <button
          type="button"
          aria-label={`${told.join(t("common.comma"))} · ${mayEdit ? t("common.edit") : t("chain.look")}`}
          onClick={onOpen}
          onKeyDown={(event) => {
            if (event.key.startsWith("Arrow") && onArrow(event.key)) event.preventDefault();
          }}
        >
          <EditOutlined aria-hidden />
        </button>
      </div>
      <div className="gx-chain-role">
        {role} · {t("chain.influence", { level: influence })}
      </div>
      <div className="gx-chain-attitude">
        <span style={colors}>
          {Sign ? <Sign /> : null} {attitude}
        </span>
      </div>
    </li>
  );
}

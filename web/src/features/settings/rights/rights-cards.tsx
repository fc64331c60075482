import { RightOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { RoleDefinition } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { FLAGS, type ObjectGroup, OTHERS, rightsOf, SCOPE_VERBS, scopeKind } from "./role-draft";

interface RightsCardsProps {
  role: RoleDefinition;
  groups: ObjectGroup[];
  problems: ReadonlySet<string>;
  onOpen: (object: string) => void;
}

/** The grid where there is no room for one: what the role may do with each object in a line, the rest a tap away. */
export function RightsCards({ role, groups, problems, onOpen }: RightsCardsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const line = (object: StoredObject | null) => {
    const key = object?.name ?? OTHERS;
    const { rights } = rightsOf(role, object ?? { name: OTHERS });
    const scopes = SCOPE_VERBS.filter((verb) => scopeKind(rights[verb]) !== "none").map(
      (verb) => `${t(`rights.verbs.${verb}`)} ${t(`rights.scopes.${scopeKind(rights[verb])}`)}`,
    );
    const flags = FLAGS.filter((flag) => rights[flag]).map((flag) => t(`rights.verbs.${flag}`));
    return (
      <li key={key} data-object={key} data-wrong={problems.has(key) || undefined}>
        <button type="button" onClick={() => onOpen(key)}>
          <ObjectIcon icon={object?.icon ?? "appstore"} />
          <span>
            <b>{object ? label(object.label) : t("rights.grid.others")}</b>
            <small className="gx-muted">{[...scopes, ...flags].join(" · ") || t("rights.scopes.none")}</small>
          </span>
          <RightOutlined />
        </button>
      </li>
    );
  };
  return (
    <ul className="gx-panel gx-rights-cards">
      {groups.flatMap((group) => group.objects.map(line))}
      {line(null)}
    </ul>
  );
}

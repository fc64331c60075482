import { UndoOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { RoleDefinition } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { TickBox } from "@/ui/tick-box";
import { ActionTicks } from "./action-ticks";
import { FLAGS, type ObjectGroup, OTHERS, rightsOf, SCOPE_VERBS, withoutRights, withRights } from "./role-draft";
import { ScopeSelect } from "./scope-field";

interface RightsGridProps {
  role: RoleDefinition;
  groups: ObjectGroup[];
  onChange: (role: RoleDefinition) => void;
  /** The object whose fields are shown beside the grid. */
  selected: string;
  onSelect: (object: string) => void;
  /** Objects the server found something wrong with. */
  problems: ReadonlySet<string>;
}

/** What the role may do with every object, one row each. */
export function RightsGrid({ role, groups, onChange, selected, onSelect, problems }: RightsGridProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const groupName = (app: string) => {
    if (app === "") return t("settings.ownObjects");
    if (app === "internal") return t("rights.grid.behind");
    return label(meta.navigation.find((group) => group.app === app)?.label) || app;
  };
  const row = (object: StoredObject | null, name: ReactNode, text: string) => {
    const key = object?.name ?? OTHERS;
    return (
      <GridRow
        role={role}
        object={object}
        name={name}
        text={text}
        selected={selected === key}
        wrong={problems.has(key)}
        onChange={onChange}
        onSelect={() => onSelect(key)}
      />
    );
  };
  return (
    <div className="gx-rights-grid">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("rights.grid.object")}</th>
            {[...SCOPE_VERBS, ...FLAGS, "actions" as const].map((verb) => (
              <th key={verb} scope="col">
                <Tooltip title={t(`rights.verbHelp.${verb}`)}>
                  <span>{t(`rights.verbs.${verb}`)}</span>
                </Tooltip>
              </th>
            ))}
            <th>
              <span className="gx-visually-hidden">{t("rights.fields.title")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Fragment key={group.app}>
              <tr className="gx-rights-group">
                <th colSpan={3 + SCOPE_VERBS.length + FLAGS.length} scope="rowgroup">
                  {groupName(group.app)}
                </th>
              </tr>
              {group.objects.map((object) => (
                <Fragment key={object.name}>
                  {row(
                    object,
                    <>
                      <ObjectIcon icon={object.icon ?? null} /> {label(object.label)}
                    </>,
                    label(object.label),
                  )}
                </Fragment>
              ))}
            </Fragment>
          ))}
          <tr className="gx-rights-group">
            <th colSpan={3 + SCOPE_VERBS.length + FLAGS.length} scope="rowgroup">
              {t("common.more")}
            </th>
          </tr>
          {row(
            null,
            <Tooltip title={t("rights.grid.othersHelp")}>
              <span>{t("rights.grid.others")}</span>
            </Tooltip>,
            t("rights.grid.others"),
          )}
        </tbody>
      </table>
    </div>
  );
}

interface GridRowProps {
  role: RoleDefinition;
  /** Null is the row of all other objects. */
  object: StoredObject | null;
  name: ReactNode;
  text: string;
  selected: boolean;
  wrong: boolean;
  onChange: (role: RoleDefinition) => void;
  onSelect: () => void;
}

function GridRow({ role, object, name, text, selected, wrong, onChange, onSelect }: GridRowProps) {
  const { t } = useTranslation();
  const key = object?.name ?? OTHERS;
  const { rights, own } = rightsOf(role, object ?? { name: OTHERS });
  const faint = !own && object !== null;
  const set = (change: object) => onChange(withRights(role, key, { ...rights, ...change }));
  const cell = (right: string) => t("rights.grid.cell", { object: text, right });
  const follows = faint && !object.explicit_rights && role.objects[OTHERS] !== undefined;
  return (
    <tr
      data-object={key}
      data-selected={selected || undefined}
      data-faint={faint || undefined}
      data-wrong={wrong || undefined}
      onFocus={onSelect}
    >
      <th scope="row">
        <button type="button" onClick={onSelect} aria-pressed={selected} title={t("rights.grid.fields")}>
          {name}
        </button>
        {follows ? <small className="gx-muted">{t("rights.grid.follows")}</small> : null}
      </th>
      {SCOPE_VERBS.map((verb) => (
        <td key={verb}>
          <ScopeSelect
            label={cell(t(`rights.verbs.${verb}`))}
            scope={rights[verb]}
            faint={faint}
            detailed={object !== null}
            onChange={(scope) => {
              set({ [verb]: scope });
              onSelect();
            }}
          />
        </td>
      ))}
      {FLAGS.map((flag) => (
        <td key={flag} className="gx-rights-tick">
          <TickBox
            checked={rights[flag] === true}
            label={cell(t(`rights.verbs.${flag}`))}
            onTick={(checked) => set({ [flag]: checked })}
          />
        </td>
      ))}
      <td className="gx-rights-tick">
        <ActionTicks
          object={object}
          text={text}
          actions={rights.actions ?? []}
          onChange={(actions) => set({ actions })}
        />
      </td>
      <td className="gx-rights-tools">
        {object && own && !object.explicit_rights && role.objects[OTHERS] ? (
          <Button
            type="text"
            size="small"
            icon={<UndoOutlined />}
            title={t("rights.grid.follow")}
            aria-label={cell(t("rights.grid.follow"))}
            onClick={() => onChange(withoutRights(role, key))}
          />
        ) : null}
      </td>
    </tr>
  );
}

import { Checkbox, Form } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectRights, RoleDefinition, RowScope } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { ActionTicks } from "./action-ticks";
import { DenialForm } from "./denial-form";
import { FieldRights } from "./field-rights";
import { FreezeRules } from "./freeze-rules";
import { FLAGS, OTHERS, rightsOf, SCOPE_VERBS, scopeKind, withRights } from "./role-draft";
import { ScopeDetail, ScopeSelect } from "./scope-field";

interface ObjectPanelProps {
  role: RoleDefinition;
  /** Null is "all other objects". */
  object: StoredObject | null;
  onChange: (role: RoleDefinition) => void;
  /** The server's problems with this object, each led by its key. */
  problems: string[];
  /** With everything the grid's row has: where there is no room for the grid. */
  whole: boolean;
}

/** One object of a role: the details of its scopes, its field rights, what freezes and what is denied. */
export function ObjectPanel({ role, object, onChange, problems, whole }: ObjectPanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const key = object?.name ?? OTHERS;
  const { rights } = rightsOf(role, object ?? { name: OTHERS });
  const set = (next: ObjectRights) => onChange(withRights(role, key, next));
  const problemOf = (name: string) => problems.find((problem) => problem.startsWith(`${name}: `));
  const keyed = [...SCOPE_VERBS, "restore", ...SCOPE_VERBS.map((verb) => `deny.${verb}`), "freeze"];
  const rest = problems.filter((problem) => !keyed.some((name) => problem.startsWith(`${name}: `)));
  const name = object ? label(object.label) : t("rights.grid.others");
  return (
    <div className="gx-object-panel" data-object={key}>
      <header>
        {object ? <ObjectTile icon={object.icon ?? null} color={object.color ?? null} size={28} /> : null}
        <h2>{name}</h2>
      </header>
      {rest.map((problem) => (
        <div key={problem} className="gx-field-problem" role="alert">
          {problem}
        </div>
      ))}
      <Form layout="vertical" component="div">
        {whole ? <RowForm object={object} name={name} rights={rights} onChange={set} /> : null}
        {SCOPE_VERBS.map((verb) => (
          <ScopeDetail
            key={verb}
            id={`scope-${verb}`}
            title={t(`rights.verbs.${verb}`)}
            scope={rights[verb]}
            object={object}
            problem={problemOf(verb)}
            onChange={(scope) => set({ ...rights, [verb]: scope })}
          />
        ))}
        {object ? (
          <>
            <h3>{t("rights.fields.title")}</h3>
            {scopeKind(rights.read) === "none" ? <p className="gx-muted">{t("rights.fields.notSeen")}</p> : null}
            <FieldRights object={object} rights={rights} onChange={set} />
            <Restore object={object} rights={rights} onChange={set} problem={problemOf("restore")} />
            <FreezeRules
              key={`freeze-${key}`}
              object={object}
              rules={rights.freeze ?? []}
              problems={problems.filter((problem) => problem.startsWith("freeze: "))}
              onChange={(freeze) => set({ ...rights, freeze })}
            />
            <DenialForm
              key={`deny-${key}`}
              object={object}
              deny={rights.deny ?? {}}
              problemOf={problemOf}
              onChange={(deny) => set({ ...rights, deny })}
            />
          </>
        ) : (
          <p className="gx-muted">
            {t("rights.grid.othersHelp")} {t("rights.fields.ofOthers")}
          </p>
        )}
      </Form>
    </div>
  );
}

interface PartProps {
  rights: ObjectRights;
  onChange: (rights: ObjectRights) => void;
}

/** The grid's row as a form. */
function RowForm({ object, name, rights, onChange }: PartProps & { object: StoredObject | null; name: string }) {
  const { t } = useTranslation();
  return (
    <>
      {SCOPE_VERBS.map((verb) => (
        <div key={verb} className="gx-deny-scope">
          <label htmlFor={`row-${verb}`}>{t(`rights.verbs.${verb}`)}</label>
          <ScopeSelect
            id={`row-${verb}`}
            label={t("rights.grid.cell", { object: name, right: t(`rights.verbs.${verb}`) })}
            scope={rights[verb]}
            detailed={object !== null}
            onChange={(scope) => onChange({ ...rights, [verb]: scope })}
          />
        </div>
      ))}
      <div className="gx-row-flags">
        {FLAGS.map((flag) => (
          <Checkbox
            key={flag}
            checked={rights[flag] === true}
            onChange={(event) => onChange({ ...rights, [flag]: event.target.checked })}
          >
            {t(`rights.verbs.${flag}`)}
          </Checkbox>
        ))}
        <span>
          {t("rights.verbs.actions")}{" "}
          <ActionTicks
            object={object}
            text={name}
            actions={rights.actions ?? []}
            onChange={(actions) => onChange({ ...rights, actions })}
          />
        </span>
      </div>
    </>
  );
}

/** Which deleted records may be brought back, where that is not those one may delete. */
function Restore({
  object,
  rights,
  onChange,
  problem,
}: PartProps & { object: StoredObject; problem: string | undefined }) {
  const { t } = useTranslation();
  const set = (scope: RowScope | null) => {
    const { restore: _before, ...rest } = rights;
    onChange(scope === null ? rest : { ...rest, restore: scope });
  };
  const own = rights.restore !== undefined;
  return (
    <div className="gx-restore">
      <Checkbox checked={!own} onChange={(event) => set(event.target.checked ? null : (rights.delete ?? "none"))}>
        {t("rights.scope.restore")}: {t("rights.scope.asDelete")}
      </Checkbox>
      {own ? (
        <>
          <ScopeSelect label={t("rights.scope.restore")} scope={rights.restore ?? undefined} onChange={set} />
          <ScopeDetail
            id="scope-restore"
            title={t("rights.verbs.restore")}
            scope={rights.restore ?? undefined}
            object={object}
            problem={problem}
            onChange={set}
          />
        </>
      ) : null}
    </div>
  );
}

import { Alert, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDefinition, SchemaChange, StoredObject } from "@/api/schema";
import type { FieldType } from "@/api/types";
import { ExpressionInput } from "@/engine/expression/expression-input";
import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { EditDrawer } from "../edit-drawer";
import { definitionOf, draftOf, type FieldDraft, nameFrom, nameProblem, newField, readProblem } from "./field-draft";
import { FORMULA_RESULTS, keysOf } from "./field-keys";
import { DefaultValue, FieldFlags, FieldLimits } from "./field-parts";
import { LabelInput } from "./label-input";
import { OptionEditor } from "./option-editor";
import { OptionsElsewhere, OptionsShared } from "./options-elsewhere";
import { PlanDialog } from "./plan-dialog";
import { RollupEditor } from "./rollup-editor";
import { TypeSelect } from "./type-select";
import { useSchemaCheck } from "./use-schema-check";

interface FieldDrawerProps {
  object: StoredObject;
  /** Absent for a new field. */
  field: FieldDefinition | null;
  onClose: () => void;
}

const CONDITIONS = ["visible_when", "required_when", "read_only_when"] as const;

/** A field with the parts its type knows; the server checks it while it is written. */
export function FieldDrawer({ object, field, onClose }: FieldDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [draft, setDraft] = useState<FieldDraft>(() => (field ? draftOf(field) : newField()));
  const [named, setNamed] = useState(field !== null);
  const [tried, setTried] = useState(false);
  const [planning, setPlanning] = useState<SchemaChange[] | null>(null);
  const { close } = useDraftGuard(draft, onClose);
  const change = (part: Partial<FieldDraft>) => setDraft((current) => ({ ...current, ...part }));

  const taken = field ? [] : object.field.map((other) => other.name);
  const badName = nameProblem(draft.name.trim(), taken);
  const unlabelled = draft.label["zh-CN"].trim() === "" && draft.label.en.trim() === "";
  const definition = definitionOf(draft);
  const wanted: SchemaChange = { op: field ? "change_field" : "add_field", object: object.name, field: definition };
  const changed = field === null || JSON.stringify(definition) !== JSON.stringify(definitionOf(draftOf(field)));
  const check = useSchemaCheck(badName === null && changed ? wanted : null);
  const found = check.problems.map((problem) =>
    readProblem(problem.message, (key) => {
      if (key === "rollup") return draft.rollup.filter ?? "";
      const value = draft[key as keyof FieldDraft];
      return typeof value === "string" ? value : "";
    }),
  );
  const problemOf = (key: string) => found.find((problem) => problem.key === key);
  const placed = new Set([...keysOf(draft.type, draft.result), "visible_when", "name"]);
  const others = found.filter((problem) => problem.key === null || !placed.has(problem.key as never));
  const nameText = badName && (tried || draft.name !== "") ? t(`settings.nameProblems.${badName}`) : null;
  const keys = keysOf(draft.type, draft.result);
  const names = object.field.filter((other) => other.name !== draft.name);
  const kept = new Set((field?.options ?? []).map((option) => option.value));
  const submit = () => {
    setTried(true);
    if (badName === null && !unlabelled && found.length === 0) setPlanning([wanted]);
  };
  return (
    <EditDrawer
      title={field ? t("settings.editField", { field: label(field.label) }) : t("settings.newField")}
      submitText={t("settings.preview")}
      onSubmit={submit}
      close={close}
      disabled={!changed}
      checking={check.checking}
      over={
        planning ? (
          <PlanDialog
            title={field ? t("settings.editField", { field: label(definition.label) }) : t("settings.newField")}
            changes={planning}
            summary={t(field ? "settings.plan.changeField" : "settings.plan.addField", {
              field: label(definition.label),
              object: label(object.label),
            })}
            done={t("settings.fieldSaved", { field: label(definition.label) })}
            onApplied={onClose}
            onCancel={() => setPlanning(null)}
          />
        ) : null
      }
    >
      <LabelInput
        id="field-label"
        title={t("settings.fieldLabel")}
        value={draft.label}
        onChange={(next) => change({ label: next, ...(named ? {} : { name: nameFrom(next.en) }) })}
        required
        autoFocus
        problem={tried && unlabelled ? t("settings.labelNeeded") : null}
      />
      <div className="gx-two">
        <Form.Item label={t("settings.type")} htmlFor="field-type" required>
          <TypeSelect
            id="field-type"
            value={draft.type}
            onChange={(type: FieldType) => change({ type, default: null })}
            disabled={field !== null}
          />
        </Form.Item>
        <Form.Item
          label={t("settings.name")}
          htmlFor="field-name"
          required
          {...(nameText ? { validateStatus: "error" as const, help: nameText } : {})}
        >
          <Input
            id="field-name"
            className="gx-code"
            value={draft.name}
            disabled={field !== null}
            onChange={(event) => {
              setNamed(event.target.value !== "");
              change({ name: event.target.value });
            }}
            placeholder="credit_limit"
          />
        </Form.Item>
      </div>
      {keys.has("target") && draft.type !== "tags" ? (
        <Form.Item label={t("settings.target")} htmlFor="field-target" required>
          <Select
            id="field-target"
            value={draft.target || undefined}
            onChange={(target) => change({ target })}
            disabled={field !== null}
            showSearch={{ optionFilterProp: "label" }}
            options={meta.objects.map((other) => ({ value: other.name, label: label(other.label) }))}
          />
        </Form.Item>
      ) : null}
      {keys.has("on_delete") ? (
        <Form.Item label={t("settings.onDelete.title")} htmlFor="field-on-delete">
          <Select
            id="field-on-delete"
            value={draft.on_delete}
            onChange={(on_delete) => change({ on_delete })}
            options={(["keep", "restrict", "cascade"] as const).map((value) => ({
              value,
              label: t(`settings.onDelete.${value}`),
            }))}
          />
        </Form.Item>
      ) : null}
      {keys.has("options") ? (
        <Form.Item label={t("settings.options")} required>
          {field ? <OptionsShared meta={meta} path={`${object.name}.${field.name}`} /> : null}
          {draft.options_of ? (
            <OptionsElsewhere meta={meta} path={draft.options_of} />
          ) : (
            <OptionEditor
              options={draft.options}
              onChange={(options) => change({ options })}
              states={draft.type === "select"}
              first={typeof draft.default === "string" ? draft.default : null}
              kept={kept}
            />
          )}
        </Form.Item>
      ) : null}
      {keys.has("result") ? (
        <Form.Item label={t("settings.result")} htmlFor="field-result" required>
          <Select<FieldType>
            id="field-result"
            value={draft.result}
            onChange={(result) => change({ result })}
            disabled={field !== null}
            options={FORMULA_RESULTS.map((type) => ({ value: type, label: t(`settings.types.${type}.name`) }))}
          />
        </Form.Item>
      ) : null}
      {keys.has("expression") ? (
        <ExpressionInput
          id="field-expression"
          title={t("settings.expression")}
          help={t("settings.expressionHelp")}
          value={draft.expression}
          onChange={(expression) => change({ expression })}
          fields={names}
          problem={problemOf("expression")}
          required
          rows={3}
        />
      ) : null}
      {keys.has("rollup") ? (
        <RollupEditor
          meta={meta}
          object={object.name}
          rollup={draft.rollup}
          onChange={(rollup) => change({ rollup })}
          problem={problemOf("rollup")}
        />
      ) : null}
      <FieldFlags draft={draft} onChange={change} problemOf={(key) => problemOf(key)?.message} />
      <FieldLimits
        draft={draft}
        onChange={change}
        problemOf={(key) => problemOf(key)?.message}
        locked={field !== null}
      />
      <DefaultValue draft={draft} onChange={change} problemOf={(key) => problemOf(key)?.message} />
      <LabelInput
        id="field-help"
        title={t("settings.help")}
        value={draft.help}
        onChange={(help) => change({ help })}
        extra={t("settings.helpHelp")}
      />
      <details className="gx-conditions" open={CONDITIONS.some((key) => draft[key] !== "")}>
        <summary>{t("settings.conditions")}</summary>
        {CONDITIONS.filter((key) => key === "visible_when" || keys.has(key)).map((key) => (
          <ExpressionInput
            key={key}
            id={`field-${key}`}
            title={t(`settings.when.${key}`)}
            value={draft[key]}
            onChange={(text) => change({ [key]: text })}
            fields={names}
            problem={problemOf(key)}
          />
        ))}
      </details>
      {others.map((problem) => (
        <Alert
          key={problem.message}
          type="error"
          showIcon
          title={problem.key ? t("common.about", { name: problem.key, text: problem.message }) : problem.message}
        />
      ))}
    </EditDrawer>
  );
}

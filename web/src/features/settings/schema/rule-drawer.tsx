import { Alert, Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RuleDefinition, SchemaChange, StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { ExpressionInput } from "./expression-input";
import { readProblem } from "./field-draft";
import { LabelInput } from "./label-input";
import { withRules } from "./object-draft";
import { PlanDialog } from "./plan-dialog";
import { useSchemaCheck } from "./use-schema-check";

interface RuleDrawerProps {
  object: StoredObject;
  rule: RuleDefinition | null;
  onClose: () => void;
}

function freeName(rules: RuleDefinition[]): string {
  for (let number = rules.length + 1; ; number += 1) {
    if (rules.every((rule) => rule.name !== `rule_${number}`)) return `rule_${number}`;
  }
}

/** A rule: true for a record in order, and what is said to a person when it is not. */
export function RuleDrawer({ object, rule, onClose }: RuleDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const rules = object.rule ?? [];
  const [draft, setDraft] = useState<RuleDefinition>(
    () => rule ?? { name: freeName(rules), expression: "", message: { "zh-CN": "", en: "" } },
  );
  const [planning, setPlanning] = useState(false);
  const { "zh-CN": zh, en } = draft.message;
  const complete = draft.expression.trim() !== "" && (zh.trim() !== "" || en.trim() !== "");
  const full: RuleDefinition = { ...draft, message: { "zh-CN": zh.trim() || en.trim(), en: en.trim() || zh.trim() } };
  const next = rule ? rules.map((other) => (other.name === rule.name ? full : other)) : [...rules, full];
  const change: SchemaChange = { op: "change_object", object: withRules(object, next) };
  const check = useSchemaCheck(complete ? change : null);
  const problems = check.problems.map((problem) => readProblem(problem.message, () => draft.expression));
  const placed = problems.find((problem) => problem.position !== null);
  return (
    <Drawer
      open
      onClose={onClose}
      size={520}
      title={rule ? t("settings.rules.edit") : t("settings.rules.add")}
      footer={
        <div className="gx-drawer-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="primary" disabled={!complete || problems.length > 0} onClick={() => setPlanning(true)}>
            {t("settings.preview")}
          </Button>
        </div>
      }
    >
      <Form layout="vertical">
        <ExpressionInput
          id="rule-expression"
          title={t("settings.rules.expression")}
          help={t("settings.rules.expressionHelp")}
          value={draft.expression}
          onChange={(expression) => setDraft({ ...draft, expression })}
          fields={object.field}
          problem={placed}
          required
          rows={3}
        />
        <LabelInput
          id="rule-message"
          title={t("settings.rules.message")}
          value={draft.message}
          onChange={(message) => setDraft({ ...draft, message })}
          required
        />
        <Form.Item label={t("settings.rules.field")} htmlFor="rule-field">
          <Select
            id="rule-field"
            allowClear
            value={draft.field}
            onChange={(field: string | undefined) => {
              const { field: _before, ...rest } = draft;
              setDraft(field ? { ...rest, field } : rest);
            }}
            showSearch={{ optionFilterProp: "label" }}
            options={object.field
              .filter((field) => field.origin !== "system")
              .map((field) => ({ value: field.name, label: label(field.label) }))}
          />
        </Form.Item>
        {problems
          .filter((problem) => problem !== placed)
          .map((problem) => (
            <Alert key={problem.message} type="error" showIcon title={problem.message} />
          ))}
      </Form>
      {planning ? (
        <PlanDialog
          title={t("settings.rules.title")}
          changes={[change]}
          summary={label(full.message)}
          done={t("common.saved")}
          onApplied={onClose}
          onCancel={() => setPlanning(false)}
        />
      ) : null}
    </Drawer>
  );
}

import { Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RuleDefinition, StoredObject } from "@/api/schema";
import { ExpressionInput } from "@/engine/expression/expression-input";
import { useLabel } from "@/i18n/i18n";
import { ChangeDrawer } from "./change-drawer";
import { fullLabel } from "./field-draft";
import { LabelInput } from "./label-input";
import { freeName, standardOf, withRules } from "./object-draft";

interface RuleDrawerProps {
  object: StoredObject;
  rule: RuleDefinition | null;
  onClose: () => void;
}

/** A rule: true for a record in order, and what is said to a person when it is not. A standard one only says it otherwise. */
export function RuleDrawer({ object, rule, onClose }: RuleDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const rules = object.rule ?? [];
  const [draft, setDraft] = useState<RuleDefinition>(
    () =>
      rule ?? {
        name: freeName(
          object,
          "rule",
          rules.map((other) => other.name),
        ),
        expression: "",
        message: { "zh-CN": "", en: "" },
      },
  );
  const standard = standardOf(object)?.rule?.some((other) => other.name === rule?.name) ?? false;
  const message = fullLabel(draft.message);
  const full = draft.expression.trim() !== "" && message ? { ...draft, message } : null;
  const next = full
    ? rule
      ? rules.map((other) => (other.name === rule.name ? full : other))
      : [...rules, full]
    : null;
  return (
    <ChangeDrawer
      object={object}
      title={rule ? t("settings.rules.edit") : t("settings.rules.add")}
      draft={draft}
      change={next ? { op: "change_object", object: withRules(object, next) } : null}
      expression={draft.expression}
      onClose={onClose}
    >
      {(placed) => (
        <>
          <ExpressionInput
            id="rule-expression"
            title={t("settings.rules.expression")}
            help={standard ? t("settings.rules.standard") : t("settings.rules.expressionHelp")}
            value={draft.expression}
            onChange={(expression) => setDraft({ ...draft, expression })}
            fields={object.field}
            problem={placed}
            required
            rows={3}
            readOnly={standard}
          />
          <LabelInput
            id="rule-message"
            title={t("settings.rules.message")}
            value={draft.message}
            onChange={(next) => setDraft({ ...draft, message: next })}
            required
          />
          <Form.Item label={t("settings.rules.field")} htmlFor="rule-field">
            <Select
              id="rule-field"
              allowClear
              disabled={standard}
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
        </>
      )}
    </ChangeDrawer>
  );
}

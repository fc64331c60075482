import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FreezeRule } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import { ExpressionInput } from "@/engine/expression/expression-input";
import { useLabel } from "@/i18n/i18n";
import { readProblem } from "../schema/field-draft";

interface FreezeRulesProps {
  object: StoredObject;
  rules: FreezeRule[];
  onChange: (rules: FreezeRule[]) => void;
  problems: string[];
}

/** Fields that cannot be changed while a condition holds. */
export function FreezeRules({ object, rules, onChange, problems }: FreezeRulesProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const [open] = useState(rules.length > 0);
  const options = object.field
    .filter((field) => field.origin !== "system")
    .map((field) => ({ value: field.name, label: label(field.label) }));
  const set = (index: number, rule: FreezeRule) => onChange(rules.map((other, at) => (at === index ? rule : other)));
  return (
    <details className="gx-conditions" open={open}>
      <summary>{t("rights.freeze.title", { n: rules.length })}</summary>
      <p className="gx-muted">{t("rights.freeze.text")}</p>
      {rules.map((rule, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name; their place is what tells them apart
        <div key={index} className="gx-freeze">
          <Form.Item label={t("rights.freeze.fields")} htmlFor={`freeze-fields-${index}`}>
            <Select<string[]>
              id={`freeze-fields-${index}`}
              mode="multiple"
              value={rule.fields}
              onChange={(fields) => set(index, { ...rule, fields })}
              options={options}
              showSearch={{ optionFilterProp: "label" }}
            />
          </Form.Item>
          <ExpressionInput
            id={`freeze-when-${index}`}
            title={t("rights.freeze.when")}
            help={t("rights.freeze.whenHelp")}
            value={rule.when}
            onChange={(when) => set(index, { ...rule, when })}
            fields={object.field}
            // The server tells the rules apart by their words only; with one there is no doubt.
            problem={problems[0] && rules.length === 1 ? readProblem(problems[0], () => rule.when) : undefined}
          />
          <Button
            size="small"
            icon={<DeleteOutlined />}
            onClick={() => onChange(rules.filter((_, at) => at !== index))}
          >
            {t("rights.freeze.remove", { n: index + 1 })}
          </Button>
        </div>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        className="gx-gap"
        onClick={() => onChange([...rules, { fields: [], when: "" }])}
      >
        {t("rights.freeze.add")}
      </Button>
    </details>
  );
}

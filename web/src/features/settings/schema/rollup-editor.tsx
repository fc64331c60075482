import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { RollupDefinition, RollupFunction } from "@/api/schema";
import type { FieldMeta, Meta } from "@/api/types";
import { ExpressionInput } from "@/engine/expression/expression-input";
import { useLabel } from "@/i18n/i18n";
import type { DefinitionProblem } from "./field-draft";

const FUNCTIONS: RollupFunction[] = ["count", "sum", "min", "max", "latest"];
const NUMBERS = new Set(["number", "decimal", "money", "percent", "duration", "formula", "rollup"]);

interface RollupEditorProps {
  meta: Meta;
  /** The object the field is on. */
  object: string;
  rollup: RollupDefinition;
  onChange: (rollup: RollupDefinition) => void;
  problem: DefinitionProblem | undefined;
}

function fits(field: FieldMeta, name: RollupFunction): boolean {
  const type = field.result ?? field.type;
  if (name === "latest") return type === "date" || type === "datetime";
  if (name === "sum") return NUMBERS.has(type);
  return NUMBERS.has(type) || type === "date" || type === "datetime";
}

/** A number over related records: of which object, through which reference, what of them, and which of them. */
export function RollupEditor({ meta, object, rollup, onChange, problem }: RollupEditorProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const ways = meta.objects.flatMap((other) =>
    other.fields
      .filter((field) => field.target === object && ["reference", "user", "department"].includes(field.type))
      .map((field) => ({
        value: `${other.name}.${field.name}`,
        label: `${label(other.plural)} · ${label(field.label)}`,
      })),
  );
  const source = meta.objects.find((other) => other.name === rollup.object);
  const fields = source?.fields.filter((field) => fits(field, rollup.function)) ?? [];
  return (
    <>
      <Form.Item label={t("settings.rollup.over")} required htmlFor="rollup-over">
        <Select
          id="rollup-over"
          value={rollup.object ? `${rollup.object}.${rollup.via}` : undefined}
          onChange={(value) => {
            const [from = "", via = ""] = value.split(".");
            onChange({ object: from, via, function: rollup.function });
          }}
          options={ways}
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("settings.rollup.choose")}
          notFoundContent={t("settings.rollup.none")}
        />
      </Form.Item>
      <div className="gx-two">
        <Form.Item label={t("settings.rollup.function")} required htmlFor="rollup-function">
          <Select<RollupFunction>
            id="rollup-function"
            value={rollup.function}
            onChange={(name) => {
              const { field: _before, ...rest } = rollup;
              onChange({ ...rest, function: name });
            }}
            options={FUNCTIONS.map((name) => ({ value: name, label: t(`settings.rollup.functions.${name}`) }))}
          />
        </Form.Item>
        {rollup.function === "count" ? null : (
          <Form.Item label={t("settings.rollup.field")} required htmlFor="rollup-field">
            <Select
              id="rollup-field"
              value={rollup.field}
              onChange={(field) => onChange({ ...rollup, field })}
              options={fields.map((field) => ({ value: field.name, label: label(field.label) }))}
              showSearch={{ optionFilterProp: "label" }}
            />
          </Form.Item>
        )}
      </div>
      <ExpressionInput
        id="rollup-filter"
        title={t("settings.rollup.filter")}
        help={t("settings.rollup.filterHelp")}
        value={rollup.filter ?? ""}
        onChange={(filter) => onChange({ ...rollup, filter })}
        fields={source?.fields ?? []}
        problem={problem}
      />
    </>
  );
}

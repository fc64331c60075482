import { AutoComplete, Input } from "antd";
import { ExpressionField } from "@/engine/expression/expression-field";
import { ADDRESS_PARTS, findObject, useMeta } from "@/engine/meta";
import type { FieldDisplayProps, FieldInputProps } from "@/fields/types";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";

/** Expressions of a rule are over the object it is for. */
function RuleExpressionInput(props: FieldInputProps) {
  return <ExpressionField {...props} object={asText(props.values?.object)} />;
}

/** The name of a field, or of a part of it, of the object that another field of the rule names. */
function nameInput(of: "object" | "list_object", parts: boolean) {
  return function FieldNameInput(props: FieldInputProps) {
    const { value, values, onChange, id, disabled, status, describedBy } = props;
    const label = useLabel();
    const object = findObject(useMeta(), asText(values?.[of]));
    const shared = { ...(id ? { id } : {}), disabled, "aria-describedby": describedBy };
    if (!object) {
      return (
        <Input
          {...shared}
          value={asText(value)}
          status={status}
          onChange={(event) => onChange(event.target.value || null)}
        />
      );
    }
    const options = object.fields.flatMap((field) => [
      { value: field.name, label: `${label(field.label)} (${field.name})` },
      ...(parts && field.type === "address"
        ? Object.entries(ADDRESS_PARTS).map(([part, name]) => ({
            value: `${field.name}.${part}`,
            label: `${label(field.label)} · ${label(name)} (${field.name}.${part})`,
          }))
        : []),
    ]);
    return (
      <AutoComplete
        {...shared}
        value={asText(value)}
        status={status}
        onChange={(next: string) => onChange(next || null)}
        options={options}
        showSearch={{
          filterOption: (typed, option) =>
            String(option?.label ?? "")
              .toLowerCase()
              .includes(typed.toLowerCase()),
        }}
        style={{ width: "100%" }}
      />
    );
  };
}

/** The name as it is written. */
function FieldNameText({ value }: FieldDisplayProps) {
  return <code>{asText(value)}</code>;
}

/** How the fields of a rule are filled in where their type alone does not say enough. */
export const ruleFields = {
  RuleExpressionInput,
  FieldInputOf: nameInput("object", true),
  FixFieldInput: nameInput("object", false),
  ListFieldInput: nameInput("list_object", false),
  FieldNameText,
};

import { CloseOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { isSystemField } from "../meta";
import { ConditionValue } from "./condition-value";
import type { FieldGroup } from "./field-choices";
import { type Condition, type Operator, operandKind, operatorsByKind, WITH_LIST, WITHOUT_VALUE } from "./model";
import { asksSource, SOURCE_OPERATORS } from "./sources";

interface FieldOption {
  value?: string;
  label: string;
  title?: string;
  options?: { value: string; label: string }[];
}

interface ConditionRowProps {
  condition: Condition;
  groups: FieldGroup[];
  field: FieldMeta | null;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

const DATE_WORDS = ["gt", "gte", "lt", "lte"] as const;

export function ConditionRow({ condition, groups, field, onChange, onRemove }: ConditionRowProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const kind = field ? operandKind(field) : null;
  // What set a field is known of the record's own fields, not of those of records it refers to.
  const own = groups.some((group) => !group.via && group.fields.some((choice) => choice.path === condition.path));
  const tellsSource = own && !isSystemField(condition.path);
  const operators: readonly Operator[] = kind
    ? [...operatorsByKind[kind], ...(tellsSource ? SOURCE_OPERATORS : [])]
    : [];
  const fieldOptions = useMemo(
    () =>
      groups.flatMap((group): FieldOption[] => {
        const options = group.fields.map((choice) => ({
          value: choice.path,
          label: group.via ? `${label(group.via.label)} · ${label(choice.field.label)}` : label(choice.field.label),
        }));
        const via = group.via;
        return via ? [{ label: t("filter.related", { object: label(via.label) }), title: via.name, options }] : options;
      }),
    [groups, label, t],
  );

  const chooseField = (path: string) => {
    const next = groups.flatMap((group) => group.fields).find((choice) => choice.path === path)?.field;
    if (!next) return;
    const nextKind = operandKind(next);
    const keeps = kind === nextKind && field?.target === next.target && !next.options;
    const [first = "not_empty"] = operatorsByKind[nextKind];
    onChange(keeps ? { ...condition, path } : { path, operator: first, value: null });
  };
  const chooseOperator = (operator: Operator) => {
    const shape = (candidate: Operator) =>
      WITHOUT_VALUE.includes(candidate)
        ? "none"
        : asksSource(candidate)
          ? candidate === "source_since"
            ? "since"
            : "sources"
          : WITH_LIST.includes(candidate)
            ? "list"
            : candidate === "within"
              ? "period"
              : "one";
    const keeps = shape(operator) === shape(condition.operator);
    onChange({ ...condition, operator, value: keeps ? condition.value : null });
  };
  const operatorText = (operator: Operator) => {
    const date = kind === "date" || kind === "datetime" ? DATE_WORDS.find((word) => word === operator) : undefined;
    return date ? t(`filter.dateOperator.${date}`) : t(`filter.operator.${operator}`);
  };
  return (
    <div className="gx-condition">
      <Select<string>
        className="gx-condition-field"
        value={condition.path || undefined}
        onChange={chooseField}
        options={fieldOptions}
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("filter.field")}
        aria-label={t("filter.field")}
        popupMatchSelectWidth={260}
      />
      {field ? (
        <Select<Operator>
          className="gx-condition-operator"
          value={condition.operator}
          onChange={chooseOperator}
          options={operators.map((operator) => ({ value: operator, label: operatorText(operator) }))}
          popupMatchSelectWidth={false}
          aria-label={t("filter.conditions")}
        />
      ) : null}
      <div className="gx-condition-value">
        {field && kind && !WITHOUT_VALUE.includes(condition.operator) ? (
          <ConditionValue
            field={field}
            kind={kind}
            condition={condition}
            onChange={(value) => onChange({ ...condition, value })}
          />
        ) : null}
      </div>
      <Button type="text" icon={<CloseOutlined />} onClick={onRemove} aria-label={t("filter.remove")} />
    </div>
  );
}

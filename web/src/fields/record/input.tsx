import { Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ReferenceInput } from "../reference/input";
import type { FieldInputProps } from "../types";
import { asReference, asText, isObject } from "../values";
import { useRecordKinds } from "./kinds";

/** A record of whatever object: first which kind, then which one. */
export function RecordInput(props: FieldInputProps) {
  const { field, value, onChange, onFinish, id, disabled } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const all = useRecordKinds();
  const current = isObject(value) ? value : null;
  const [chosen, setChosen] = useState(asText(current?.object));
  const object = asText(current?.object) || chosen;
  const kinds = all.filter((one) => one.listed || one.name === object);
  const pointing: FieldMeta = { ...field, type: "reference", target: object };
  const set = (next: FieldInputProps["value"]) => {
    const reference = asReference(next);
    return reference ? { object, id: reference.id, label: reference.label } : null;
  };
  return (
    <Space.Compact block>
      <Select
        {...(object ? {} : id ? { id } : {})}
        value={object || undefined}
        options={kinds.map((one) => ({ value: one.name, label: label(one.label) }))}
        onChange={(next) => {
          setChosen(next);
          onChange(null);
        }}
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("fields.recordKind")}
        aria-label={t("fields.recordKind")}
        disabled={disabled}
        style={{ width: "38%" }}
      />
      {kinds.some((one) => one.name === object) ? (
        <ReferenceInput
          {...props}
          field={pointing}
          value={current}
          onChange={(next) => onChange(set(next))}
          onFinish={(next) => onFinish?.(set(next))}
        />
      ) : null}
    </Space.Compact>
  );
}

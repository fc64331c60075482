import { Button, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportTarget } from "@/api/imports";
import type { FieldMeta, FieldValue, ObjectMeta } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { referenceTarget } from "@/fields/reference/target";
import { asStrings, asText, isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { SideDrawer } from "@/ui/side-drawer";
import { RecordsPicker } from "../records-picker";
import { type Constant, fieldOf } from "./plan";
import { RecordInput } from "./record-choice";

interface ConstantDrawerProps {
  object: ObjectMeta | null;
  /** Fields nothing gives yet. */
  free: ImportTarget[];
  /** What is to be changed; null for a new one. */
  before: Constant | null;
  onSave: (constant: Constant) => void;
  onClose: () => void;
}

/** The same value in every row, entered as in the form of a record. */
export function ConstantDrawer({ object, free, before, onSave, onClose }: ConstantDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const [path, setPath] = useState<string | undefined>(before?.field);
  const [value, setValue] = useState<FieldValue>(before?.value ?? null);
  const field = path ? fieldOf(object, path) : null;
  const { close } = useDraftGuard(value, onClose);
  const save = () => {
    if (!path) return;
    onSave({ field: path, value });
    onClose();
  };
  return (
    <SideDrawer
      title={t("imports.addConstant")}
      size={440}
      onClose={close}
      footer={
        <div className="gx-import-drawer-foot">
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button type="primary" onClick={save} disabled={!field || isEmptyValue(value)}>
            {t("common.apply")}
          </Button>
        </div>
      }
    >
      <Form layout="vertical" component="div">
        <Form.Item label={t("imports.field")} htmlFor="import-constant-field">
          <Select
            id="import-constant-field"
            value={path}
            disabled={before !== null}
            onChange={(next) => {
              setPath(next);
              setValue(null);
            }}
            showSearch={{ optionFilterProp: "label" }}
            placeholder={t("imports.chooseField")}
            options={(before ? [{ path: before.field, label: field?.label }] : free).map((one) => ({
              value: one.path,
              label: label(one.label),
            }))}
          />
        </Form.Item>
        {field ? (
          <Form.Item label={label(field.label)} htmlFor="import-constant">
            <ConstantInput key={field.name} field={field} value={value} onChange={setValue} />
          </Form.Item>
        ) : null}
      </Form>
    </SideDrawer>
  );
}

interface ConstantInputProps {
  field: FieldMeta;
  value: FieldValue;
  onChange: (value: FieldValue) => void;
}

/** The input of a field; of records their ids alone are kept, as a mapping that is saved holds them. */
function ConstantInput({ field, value, onChange }: ConstantInputProps) {
  const label = useLabel();
  const target = referenceTarget(field);
  const id = "import-constant";
  if (target === "") return <FieldInput field={field} id={id} value={value} onChange={onChange} />;
  if (field.type === "many_to_many" || field.type === "tags") {
    return <RecordsPicker id={id} object={target} label={field.label} value={asStrings(value)} onChange={onChange} />;
  }
  return (
    <RecordInput
      id={id}
      object={target}
      label={label(field.label)}
      value={asText(value)}
      onChange={(next) => onChange(next || null)}
    />
  );
}

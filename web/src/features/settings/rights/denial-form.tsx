import { CloseOutlined } from "@ant-design/icons";
import { Button, Checkbox, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DenyRights, FieldRight, Flag } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { denials, FIELD_RIGHTS, FLAGS, SCOPE_VERBS } from "./role-draft";
import { ScopeDetail, ScopeSelect } from "./scope-field";

interface DenialFormProps {
  object: StoredObject;
  deny: DenyRights;
  onChange: (deny: DenyRights) => void;
  problemOf: (key: string) => string | undefined;
}

/** What the role denies whatever another role gives. */
export function DenialForm({ object, deny, onChange, problemOf }: DenialFormProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [open] = useState(denials(deny) > 0);
  const actions = findObject(meta, object.name)?.actions ?? [];
  const limited = Object.entries(deny.fields ?? {});
  const fields = object.field.filter((field) => field.origin !== "system");
  const fieldName = (name: string) => label(fields.find((field) => field.name === name)?.label) || name;
  const setField = (name: string, right: FieldRight | null) => {
    const { [name]: _before, ...rest } = deny.fields ?? {};
    onChange({ ...deny, fields: right ? { ...rest, [name]: right } : rest });
  };
  return (
    <details className="gx-conditions" open={open}>
      <summary>{t("rights.deny.title", { n: denials(deny) })}</summary>
      <p className="gx-muted">{t("rights.deny.text")}</p>
      {SCOPE_VERBS.map((verb) => (
        <div key={verb} className="gx-deny-scope">
          <label htmlFor={`deny-${verb}`}>{t(`rights.deny.${verb}`)}</label>
          <ScopeSelect
            id={`deny-${verb}`}
            label={t(`rights.deny.${verb}`)}
            scope={deny[verb]}
            onChange={(scope) => onChange({ ...deny, [verb]: scope })}
          />
          <ScopeDetail
            id={`deny-${verb}-detail`}
            title={t(`rights.deny.${verb}`)}
            scope={deny[verb]}
            object={object}
            problem={problemOf(`deny.${verb}`)}
            onChange={(scope) => onChange({ ...deny, [verb]: scope })}
          />
        </div>
      ))}
      <Form.Item label={t("rights.deny.verbs")}>
        <Checkbox.Group
          value={deny.verbs ?? []}
          onChange={(verbs) => onChange({ ...deny, verbs: verbs as Flag[] })}
          options={FLAGS.map((flag) => ({ value: flag, label: t(`rights.verbs.${flag}`) }))}
        />
      </Form.Item>
      {actions.length > 0 ? (
        <Form.Item label={t("rights.deny.actions")}>
          <Checkbox.Group
            value={deny.actions ?? []}
            onChange={(names) => onChange({ ...deny, actions: names.map(String) })}
            options={actions.map((action) => ({ value: action.name, label: label(action.label) }))}
          />
        </Form.Item>
      ) : null}
      <Form.Item label={t("rights.deny.fields")} htmlFor="deny-field">
        {limited.map(([name, right]) => (
          <div key={name} className="gx-deny-field">
            <span>{fieldName(name)}</span>
            <Select<FieldRight>
              size="small"
              value={right}
              onChange={(next) => setField(name, next)}
              aria-label={fieldName(name)}
              options={FIELD_RIGHTS.filter((one) => one !== "edit").map((one) => ({
                value: one,
                label: t(`rights.fields.rights.${one}`),
              }))}
            />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t("rights.deny.removeField", { field: fieldName(name) })}
              onClick={() => setField(name, null)}
            />
          </div>
        ))}
        <Select<string | null>
          id="deny-field"
          size="small"
          value={null}
          placeholder={t("rights.deny.addField")}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(name) => (name ? setField(name, "hidden") : undefined)}
          options={fields
            .filter((field) => !limited.some(([name]) => name === field.name))
            .map((field) => ({ value: field.name, label: label(field.label) }))}
          style={{ width: "100%" }}
        />
      </Form.Item>
    </details>
  );
}

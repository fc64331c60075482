import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, HolderOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useObject } from "@/engine/meta";
import { JsonInput } from "@/fields/json/input";
import type { FieldInputProps } from "@/fields/types";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import {
  type AskedField,
  asksPersonalData,
  fieldsToAsk,
  isNeeded,
  LEAD,
  moveTo,
  readAsked,
  usualFields,
  writeAsked,
} from "./asked-fields";
import "./marketing.css";

/** Which fields of a lead a web form asks for, in which order, which of them required, and what they are called there. */
export function AskedFieldsInput(props: FieldInputProps) {
  const lead = useObject(LEAD);
  // Who may not see leads has the text alone.
  return lead ? <AskedFields {...props} lead={lead} /> : <JsonInput {...props} />;
}

function AskedFields({ lead, value, values, onChange, id, describedBy }: FieldInputProps & { lead: ObjectMeta }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [dragged, setDragged] = useState<number | null>(null);
  const asked = readAsked(value);
  const known = fieldsToAsk(lead);
  const left = known.filter((field) => !asked.some((one) => one.field === field.name));
  const write = (next: AskedField[]) => onChange(next.length > 0 ? writeAsked(next) : null);
  const change = (index: number, more: Partial<AskedField>) =>
    write(asked.map((one, at) => (at === index ? { ...one, ...more } : one)));
  const move = (from: number, to: number) => {
    if (to < 0 || to >= asked.length || from === to) return;
    write(moveTo(asked, from, to));
  };
  const unagreed = asksPersonalData(lead, asked) && values !== undefined && isEmptyValue(values.consent_text);
  return (
    <fieldset className="gx-asked" aria-describedby={describedBy}>
      {asked.length > 0 ? (
        <ol>
          {asked.map((one, index) => {
            const field = known.find((candidate) => candidate.name === one.field);
            const name = field ? label(field.label) : one.field;
            const needed = field !== undefined && isNeeded(field);
            return (
              <li
                key={one.field}
                draggable
                data-dragged={dragged === index || undefined}
                onDragStart={() => setDragged(index)}
                onDragEnd={() => setDragged(null)}
                onDragOver={(event) => {
                  if (dragged === null) return;
                  event.preventDefault();
                  if (dragged === index) return;
                  move(dragged, index);
                  setDragged(index);
                }}
              >
                <HolderOutlined aria-hidden />
                <span className="gx-asked-name" title={name}>
                  {name}
                </span>
                <Input
                  size="small"
                  value={one.label}
                  placeholder={name}
                  maxLength={120}
                  aria-label={t("marketing.form.labelOf", { name })}
                  onChange={(event) => change(index, { label: event.target.value })}
                  onBlur={() => {
                    const label = one.label.trim();
                    if (label !== one.label) change(index, { label });
                  }}
                />
                <Checkbox
                  checked={one.required || needed}
                  disabled={needed}
                  aria-label={t("marketing.form.requiredOf", { name })}
                  onChange={(event) => change(index, { required: event.target.checked })}
                >
                  {t("marketing.form.required")}
                </Checkbox>
                <span className="gx-asked-tools">
                  <Button
                    type="text"
                    size="small"
                    icon={<ArrowUpOutlined />}
                    disabled={index === 0}
                    aria-label={t("marketing.form.up", { name })}
                    onClick={() => move(index, index - 1)}
                  />
                  <Button
                    type="text"
                    size="small"
                    icon={<ArrowDownOutlined />}
                    disabled={index === asked.length - 1}
                    aria-label={t("marketing.form.down", { name })}
                    onClick={() => move(index, index + 1)}
                  />
                  <Button
                    type="text"
                    size="small"
                    icon={<CloseOutlined />}
                    disabled={needed}
                    aria-label={t("marketing.form.remove", { name })}
                    onClick={() => write(asked.filter((_, at) => at !== index))}
                  />
                </span>
              </li>
            );
          })}
        </ol>
      ) : null}
      <div className="gx-asked-add">
        <Select<string>
          {...(id ? { id } : {})}
          showSearch={{ optionFilterProp: "label" }}
          value={null}
          placeholder={t("marketing.form.add")}
          suffixIcon={<PlusOutlined />}
          popupMatchSelectWidth={false}
          options={left.map((field) => ({ value: field.name, label: label(field.label) }))}
          onChange={(name) => write([...asked, { field: name, required: false, label: "" }])}
        />
        {asked.length === 0 ? (
          <Button onClick={() => write(usualFields(lead))}>{t("marketing.form.usual")}</Button>
        ) : null}
      </div>
      {unagreed ? <Alert type="info" showIcon title={t("marketing.form.consentNeeded")} /> : null}
    </fieldset>
  );
}

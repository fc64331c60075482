import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import type { OptionsProps } from "./options-text";

/** Cells shown at once to be read as something else. */
const SHOWN = 12;

interface ValueOptionsProps extends OptionsProps {
  /** Null where the column becomes a part of a field. */
  field: FieldMeta | null;
  samples: string[];
}

/** Cells that are read as something else: words of the file for the choices of the field, or one text for another. */
export function ValueOptions({ field, samples, options, onChange }: ValueOptionsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const [typed, setTyped] = useState("");
  const values = options.values ?? {};
  const choices = (field?.options ?? []).filter((option) => !option.retired);
  const isBoolean = field?.type === "boolean";
  const offered = choices.length > 0 || isBoolean ? samples : [];
  const cells = [...new Set([...Object.keys(values), ...offered.filter((one) => one !== "")])].slice(
    0,
    Math.max(SHOWN, Object.keys(values).length),
  );
  const set = (cell: string, value: string | null) => {
    const { [cell]: _before, ...rest } = values;
    onChange({ values: value === null ? rest : { ...rest, [cell]: value } });
  };
  const add = () => {
    const cell = typed.trim();
    if (cell && values[cell] === undefined) set(cell, "");
    setTyped("");
  };
  const named = isBoolean
    ? [
        { value: "true", label: t("fields.yes") },
        { value: "false", label: t("fields.no") },
      ]
    : choices.map((option) => ({ value: option.value, label: label(option.label) }));
  return (
    <Form.Item label={t("imports.values")} extra={t("imports.valuesHelp")}>
      <ul className="gx-import-values">
        {cells.map((cell) => (
          <li key={cell}>
            <span className="gx-ellipsis" title={cell}>
              {cell}
            </span>
            <span aria-hidden>→</span>
            {named.length > 0 ? (
              <Select
                value={values[cell] || undefined}
                allowClear
                placeholder={t("imports.asItIs")}
                onChange={(value) => set(cell, value ?? null)}
                options={named}
                aria-label={t("imports.readAsFor", { value: cell })}
              />
            ) : (
              <Input
                value={values[cell] ?? ""}
                onChange={(event) => set(cell, event.target.value)}
                aria-label={t("imports.readAsFor", { value: cell })}
              />
            )}
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              disabled={values[cell] === undefined}
              onClick={() => set(cell, null)}
              aria-label={t("imports.forgetValue", { value: cell })}
            />
          </li>
        ))}
      </ul>
      <div className="gx-import-pair">
        <Input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={add}
          placeholder={t("imports.cellText")}
          aria-label={t("imports.cellText")}
        />
        <Button icon={<PlusOutlined />} onClick={add} disabled={typed.trim() === ""}>
          {t("imports.addValue")}
        </Button>
      </div>
    </Form.Item>
  );
}

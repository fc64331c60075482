import { Form, Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Label } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import "./expression-input.css";

/** What is wrong with an expression, and where. */
export interface ExpressionProblem {
  message: string;
  /** From 0. */
  position: number | null;
}

interface ExpressionInputProps {
  id: string;
  title: string;
  help?: string;
  value: string;
  onChange: (value: string) => void;
  /** The fields that may be named; a click writes one in. */
  fields: { name: string; label: Label }[];
  problem: ExpressionProblem | undefined;
  required?: boolean;
  rows?: number;
  readOnly?: boolean;
}

const AROUND = 24;

/** An expression with the place of its first mistake, and the names it may use at hand. */
export function ExpressionInput(props: ExpressionInputProps) {
  const { id, title, help, value, onChange, fields, problem, required, rows = 2, readOnly = false } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const area = useRef<TextAreaRef>(null);
  const [namesShown, setNamesShown] = useState(false);
  const insert = (name: string) => {
    const element = area.current?.resizableTextArea?.textArea;
    const at = element?.selectionStart ?? value.length;
    const end = element?.selectionEnd ?? at;
    onChange(`${value.slice(0, at)}${name}${value.slice(end)}`);
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(at + name.length, at + name.length);
    });
  };
  return (
    <Form.Item
      label={title}
      htmlFor={id}
      required={required === true}
      extra={help}
      {...(problem
        ? {
            validateStatus: "error" as const,
            help: (
              <>
                {problem.message}
                {problem.position !== null ? <Place text={value} position={problem.position} /> : null}
              </>
            ),
          }
        : {})}
    >
      <Input.TextArea
        id={id}
        ref={area}
        className="gx-code gx-expression"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoSize={{ minRows: rows, maxRows: 10 }}
        readOnly={readOnly}
        spellCheck={false}
      />
      {readOnly ? null : (
        <button
          type="button"
          className="gx-names-toggle"
          onClick={() => setNamesShown(!namesShown)}
          aria-expanded={namesShown}
        >
          {t("settings.insertField")}
        </button>
      )}
      {namesShown ? (
        <div className="gx-names">
          {fields.map((field) => (
            <button key={field.name} type="button" onClick={() => insert(field.name)} title={field.name}>
              {label(field.label)} <code>{field.name}</code>
            </button>
          ))}
        </div>
      ) : null}
    </Form.Item>
  );
}

/** The mistake within its surroundings. */
function Place({ text, position }: { text: string; position: number }) {
  const { t } = useTranslation();
  const at = Math.min(Math.max(0, position), text.length);
  const from = Math.max(0, at - AROUND);
  return (
    <span className="gx-place">
      <span>{t("filter.position", { n: at + 1 })}</span>
      <code>
        {from > 0 ? "…" : ""}
        {text.slice(from, at)}
        <mark>{text.slice(at, at + 1) || " "}</mark>
        {text.slice(at + 1, at + 1 + AROUND)}
      </code>
    </span>
  );
}

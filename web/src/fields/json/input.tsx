import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValue } from "@/api/types";
import type { FieldInputProps } from "../types";
import { isEmptyValue } from "../values";

/** Only what reads as JSON becomes the value; until then the last good one stays and the reason is shown. */
export function JsonInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  const { t } = useTranslation();
  const [text, setText] = useState(() => (isEmptyValue(value) ? "" : JSON.stringify(value, null, 2)));
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <div>
      <Input.TextArea
        {...(id ? { id } : {})}
        className="gx-json"
        value={text}
        onChange={(event) => {
          const typed = event.target.value;
          setText(typed);
          if (typed.trim() === "") {
            setProblem(null);
            onChange(null);
            return;
          }
          try {
            onChange(JSON.parse(typed) as FieldValue);
            setProblem(null);
          } catch (error) {
            setProblem(error instanceof Error ? error.message : String(error));
          }
        }}
        autoSize={{ minRows: 3, maxRows: 16 }}
        spellCheck={false}
        autoFocus={autoFocus}
        disabled={disabled}
        status={problem ? "error" : status}
        aria-describedby={describedBy}
      />
      {problem ? <div className="gx-field-problem">{t("fields.problems.bad_json", { reason: problem })}</div> : null}
    </div>
  );
}

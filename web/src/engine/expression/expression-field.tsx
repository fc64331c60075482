import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { FieldInputProps } from "@/fields/types";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { findObject, useMeta } from "../meta";
import "./expression-input.css";

const SETTLE_MS = 600;

interface ExpressionFieldProps extends FieldInputProps {
  /** The object the expression is about; empty where none is chosen yet. */
  object: string;
}

/** A field that holds an expression over the records of some object: names at hand, and its first mistake by its place. */
export function ExpressionField(props: ExpressionFieldProps) {
  const { object: name, value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const errorText = useErrorText();
  const meta = useMeta();
  const area = useRef<TextAreaRef>(null);
  const problemId = useId();
  const [namesShown, setNamesShown] = useState(false);
  const object = findObject(meta, name);
  const text = asText(value);
  const settled = useSettledText(text.trim());
  // Reading one record by it is the server's own check: under the rights of whoever writes it.
  const check = useQuery({
    queryKey: [...queryKeys.object(name), "expression", settled],
    queryFn: ({ signal }) => listRecords(name, { filter: settled, limit: 1, fields: "id", count: "capped" }, signal),
    enabled: object !== null && settled !== "",
    staleTime: 60_000,
    retry: false,
  });
  const wrong = settled === text.trim() && check.error instanceof ApiError ? check.error : null;
  const meeting = settled === text.trim() && !check.isFetching && object ? (check.data?.count ?? null) : null;
  const insert = (field: string) => {
    const element = area.current?.resizableTextArea?.textArea;
    const at = element?.selectionStart ?? text.length;
    const end = element?.selectionEnd ?? at;
    onChange(`${text.slice(0, at)}${field}${text.slice(end)}`);
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(at + field.length, at + field.length);
    });
  };
  return (
    <>
      <Input.TextArea
        {...(id ? { id } : {})}
        ref={area}
        className="gx-code gx-expression"
        value={text}
        onChange={(event) => onChange(event.target.value || null)}
        autoSize={{ minRows: 2, maxRows: 10 }}
        spellCheck={false}
        autoFocus={autoFocus}
        disabled={disabled}
        status={wrong ? "error" : status}
        aria-describedby={[describedBy, wrong ? problemId : ""].filter(Boolean).join(" ") || undefined}
      />
      {wrong ? (
        <div id={problemId} className="gx-field-problem gx-placed-problem" role="alert">
          {errorText(wrong)}
          {wrong.position !== null ? ` (${t("filter.position", { n: wrong.position + 1 })})` : ""}
        </div>
      ) : null}
      {meeting && object ? (
        <p className="gx-muted gx-meeting" aria-live="polite">
          {t("filter.meeting", {
            n: `${formats.number(meeting.value)}${meeting.exact ? "" : "+"}`,
            object: label(object.plural),
          })}
        </p>
      ) : null}
      {object && !disabled ? (
        <button
          type="button"
          className="gx-names-toggle"
          onClick={() => setNamesShown(!namesShown)}
          aria-expanded={namesShown}
        >
          {t("settings.insertField")}
        </button>
      ) : null}
      {object && namesShown ? (
        <div className="gx-names">
          {object.fields.map((field) => (
            <button key={field.name} type="button" onClick={() => insert(field.name)} title={field.name}>
              {label(field.label)} <code>{field.name}</code>
            </button>
          ))}
        </div>
      ) : null}
    </>
  );
}

/** What was typed, once nobody has typed for a moment. */
function useSettledText(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

import { Skeleton } from "antd";
import { Suspense, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta, FieldValue, FieldValues } from "@/api/types";
import type { ValueProblem } from "@/fields/check";
import { FieldDisplay } from "@/fields/field-display";
import { FieldInput } from "@/fields/field-input";
import { TogetherContext } from "@/fields/rich-text/place";
import { sameValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { scrollBehavior } from "@/ui/use-media";
import type { FieldPart } from "../slots";
import { ChangedNote } from "./changed-note";
import type { FieldState } from "./conditions";
import { isWide } from "./layout";
import type { FieldNews } from "./use-field-news";

interface FormFieldProps {
  field: FieldMeta;
  value: FieldValue | undefined;
  values: FieldValues;
  state: FieldState;
  problem: ValueProblem | string | null;
  autoFocus?: boolean;
  /** How a feature draws this field instead. */
  part?: FieldPart | undefined;
  /** What somebody else has just made of it. */
  news?: FieldNews | undefined;
  /** Who else edits it now. */
  editor?: string | undefined;
  onChange: (value: FieldValue) => void;
  onEnter?: () => void;
  onLeave: () => void;
}

/** The sentence for a problem: the server's as it came, ours in the language in use. */
export function useProblemText(): (problem: ValueProblem | string, field: FieldMeta) => string {
  const { t } = useTranslation();
  const label = useLabel();
  return (problem, field) =>
    typeof problem === "string"
      ? problem
      : t(`fields.problems.${problem.code}`, { field: label(field.label), ...problem.values });
}

/** One field of a form: label, input, help and what is wrong, tied together for screen readers. */
export function FormField(props: FormFieldProps) {
  const { field, value, values, state, problem, autoFocus, part, news, editor, onChange, onEnter, onLeave } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const problemText = useProblemText();
  const id = useId();
  // A text that is edited together saves itself; what others make of it is there already.
  const [together, setTogether] = useState(false);
  const told = useMemo(() => ({ begin: () => setTogether(true), end: () => setTogether(false) }), []);
  // A part of its own needs no words on how its value is written.
  const help = part ? "" : label(field.help);
  const Input = part?.Input ?? FieldInput;
  const described = [problem ? `${id}-problem` : "", help ? `${id}-help` : ""].filter(Boolean).join(" ");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens to its input being left, nothing to press
    <div
      className="gx-form-field"
      data-field={field.name}
      data-wide={isWide(field) || undefined}
      onFocus={onEnter}
      onBlur={onLeave}
    >
      <label htmlFor={id} className="gx-form-label">
        {label(field.label)}
        {state.required && field.type !== "boolean" ? (
          <span className="gx-required" title={t("form.required")}>
            *
          </span>
        ) : null}
        {editor && !together ? <span className="gx-editing-now">{t("form.editingNow", { name: editor })}</span> : null}
      </label>
      {state.readOnly ? (
        <div className="gx-form-read">
          <FieldDisplay field={field} value={value} variant="page" />
        </div>
      ) : (
        <TogetherContext value={told}>
          <Suspense fallback={<Skeleton active title={false} />}>
            <Input
              field={{ ...field, required: state.required }}
              value={value}
              values={values}
              id={id}
              onChange={onChange}
              status={problem ? "error" : undefined}
              {...(autoFocus ? { autoFocus } : {})}
              {...(described ? { describedBy: described } : {})}
            />
          </Suspense>
        </TogetherContext>
      )}
      {news && !together && !state.readOnly && !sameValue(news.value, value) ? (
        <ChangedNote field={field} by={news.by} value={news.value} onTake={() => onChange(news.value)} />
      ) : null}
      {problem ? (
        <div id={`${id}-problem`} className="gx-field-problem" role="alert">
          {problemText(problem, field)}
        </div>
      ) : null}
      {help ? (
        <div id={`${id}-help`} className="gx-form-help">
          {help}
        </div>
      ) : null}
    </div>
  );
}

/** Puts the cursor into the first field in trouble, below `root`. */
export function focusField(root: HTMLElement | null, name: string | undefined): void {
  const field = name ? root?.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`) : null;
  if (!field) return;
  field.scrollIntoView({ block: "center", behavior: scrollBehavior() });
  field
    .querySelector<HTMLElement>("input:not([type=hidden]):not([hidden]), textarea, [contenteditable=true], button")
    ?.focus({
      preventScroll: true,
    });
}

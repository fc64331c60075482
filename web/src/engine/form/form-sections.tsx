import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { fieldParts } from "../slots";
import { FormField } from "./form-field";
import type { FormSection } from "./layout";
import type { FieldNews } from "./use-field-news";
import type { RecordForm } from "./use-record-form";

interface Props {
  /** Whose fields they are; an action's input is nobody's. */
  object?: string;
  sections: FormSection[];
  form: RecordForm;
  autoFocus: boolean;
  /** What others changed meanwhile, by field. */
  news?: ReadonlyMap<string, FieldNews>;
  /** Who else edits which field now. */
  editors?: ReadonlyMap<string, string>;
  /** The field the cursor is in; null when it leaves. */
  onField?: (name: string | null) => void;
}

/** The fields of a form in their sections; those that do not apply are not there. */
export function FormSections({ object, sections, form, autoFocus, news, editors, onField }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  let first = autoFocus;
  const takeFocus = () => {
    const mine = first;
    first = false;
    return mine;
  };
  return (
    <>
      {sections.map((section) => {
        const fields = section.fields.filter((field) => form.states.get(field.name)?.visible);
        if (fields.length === 0) return null;
        const open = !closed.has(section.name) || fields.some((field) => form.problemOf(field) !== null);
        return (
          <section key={section.name} className="gx-form-section">
            {sections.length > 1 ? (
              <h2>
                <button
                  type="button"
                  aria-expanded={open}
                  onClick={() => {
                    const next = new Set(closed);
                    if (open) next.add(section.name);
                    else next.delete(section.name);
                    setClosed(next);
                  }}
                >
                  {open ? <DownOutlined /> : <RightOutlined />}
                  {section.label ? label(section.label) : t("form.otherFields")}
                </button>
              </h2>
            ) : null}
            {open ? (
              <div className="gx-form-grid">
                {fields.map((field) => {
                  const state = form.states.get(field.name) ?? { visible: true, required: false, readOnly: false };
                  return (
                    <FormField
                      key={field.name}
                      field={field}
                      value={form.values[field.name]}
                      values={form.values}
                      state={state}
                      problem={form.problemOf(field)}
                      autoFocus={!state.readOnly && takeFocus()}
                      onChange={(value) => form.set(field.name, value)}
                      part={fieldParts.get(`${object}.${field.name}`)}
                      news={news?.get(field.name)}
                      editor={editors?.get(field.name)}
                      onEnter={() => onField?.(field.name)}
                      onLeave={() => {
                        form.touch(field.name);
                        onField?.(null);
                      }}
                    />
                  );
                })}
              </div>
            ) : null}
          </section>
        );
      })}
    </>
  );
}

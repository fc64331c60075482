import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Question, QuestionType } from "@/api/processes";
import type { FieldDisplayProps, FieldInputProps } from "@/fields/types";
import { useLabel } from "@/i18n/i18n";
import {
  freeName,
  MOST_QUESTIONS,
  optionLines,
  QUESTION_TYPES,
  readOptionLines,
  readQuestions,
  writeQuestions,
} from "./questions";
import "./processes.css";

/** What a step asks whoever completes it. */
export function QuestionsInput({ value, onChange, describedBy, disabled }: FieldInputProps) {
  const { t } = useTranslation();
  // As they are typed: a language that is emptied stays empty on the screen, though the other one is stored for it.
  const [typed, setTyped] = useState<{ questions: Question[]; written: string } | null>(null);
  const questions = typed && typed.written === JSON.stringify(value ?? null) ? typed.questions : readQuestions(value);
  const write = (next: Question[]) => {
    const written = next.length > 0 ? writeQuestions(next) : null;
    setTyped({ questions: next, written: JSON.stringify(written) });
    onChange(written);
  };
  const change = (index: number, more: Partial<Question>) =>
    write(questions.map((one, at) => (at === index ? { ...one, ...more } : one)));
  const move = (index: number, by: number) => {
    const next = [...questions];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    write(next);
  };
  const add = () =>
    write([
      ...questions,
      {
        name: freeName(questions),
        type: "text",
        label: {
          "zh-CN": t("processes.questions.nth", { n: questions.length + 1, lng: "zh-CN" }),
          en: t("processes.questions.nth", { n: questions.length + 1, lng: "en" }),
        },
      },
    ]);
  return (
    <fieldset className="gx-questions" aria-describedby={describedBy} disabled={disabled}>
      <ol>
        {questions.map((question, index) => {
          const said = question.label["zh-CN"] || question.label.en || question.name;
          return (
            <li key={question.name}>
              <Input
                value={question.label["zh-CN"]}
                maxLength={120}
                placeholder={t("processes.questions.zh")}
                aria-label={`${said}: ${t("processes.questions.zh")}`}
                onChange={(event) => change(index, { label: { ...question.label, "zh-CN": event.target.value } })}
              />
              <Input
                value={question.label.en}
                maxLength={120}
                placeholder={t("processes.questions.en")}
                aria-label={`${said}: ${t("processes.questions.en")}`}
                onChange={(event) => change(index, { label: { ...question.label, en: event.target.value } })}
              />
              <Select<QuestionType>
                value={question.type}
                onChange={(type) => change(index, { type })}
                options={QUESTION_TYPES.map((type) => ({ value: type, label: t(`processes.questions.types.${type}`) }))}
                aria-label={`${said}: ${t("processes.questions.type")}`}
              />
              <span className="gx-process-buttons">
                <Button
                  type="text"
                  size="small"
                  icon={<ArrowUpOutlined />}
                  disabled={index === 0}
                  aria-label={`${said}: ${t("processes.questions.up")}`}
                  onClick={() => move(index, -1)}
                />
                <Button
                  type="text"
                  size="small"
                  icon={<ArrowDownOutlined />}
                  disabled={index === questions.length - 1}
                  aria-label={`${said}: ${t("processes.questions.down")}`}
                  onClick={() => move(index, 1)}
                />
                <Button
                  type="text"
                  size="small"
                  icon={<CloseOutlined />}
                  aria-label={`${said}: ${t("processes.questions.remove")}`}
                  onClick={() => write(questions.filter((_, at) => at !== index))}
                />
              </span>
              <span className="gx-question-more">
                <Checkbox
                  checked={question.required === true}
                  onChange={(event) => change(index, { required: event.target.checked })}
                >
                  {t("processes.questions.required")}
                </Checkbox>
                {question.type === "select" ? (
                  <Input.TextArea
                    key={question.name}
                    defaultValue={optionLines(question)}
                    autoSize={{ minRows: 2, maxRows: 8 }}
                    placeholder={t("processes.questions.options")}
                    aria-label={`${said}: ${t("processes.questions.options")}`}
                    onBlur={(event) =>
                      change(index, { options: readOptionLines(event.target.value, question.options) })
                    }
                  />
                ) : null}
              </span>
            </li>
          );
        })}
      </ol>
      <Button icon={<PlusOutlined />} disabled={questions.length >= MOST_QUESTIONS} onClick={add}>
        {t("processes.questions.add")}
      </Button>
    </fieldset>
  );
}

export function QuestionsDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <ul className="gx-process-problems">
      {readQuestions(value).map((question) => (
        <li key={question.name}>
          {label(question.label)}
          <span className="gx-muted">
            {" "}
            {t(`processes.questions.types.${question.type}`)}
            {question.required ? ` · ${t("processes.questions.required")}` : ""}
          </span>
        </li>
      ))}
    </ul>
  );
}

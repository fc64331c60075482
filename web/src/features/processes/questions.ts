import { plainField } from "@/api/plain-field";
import type { Question, QuestionType } from "@/api/processes";
import type { FieldMeta, FieldType, FieldValue, Json, Label } from "@/api/types";
import { isObject } from "@/fields/values";

export const QUESTION_TYPES: QuestionType[] = ["text", "long_text", "number", "decimal", "boolean", "date", "select"];
export const MOST_QUESTIONS = 40;

/** A question as a field that is drawn and filled in like any other. */
export function questionField(question: Question): FieldMeta {
  const options = (question.options ?? []).map(({ value, label }) => ({ value, label, color: null }));
  return plainField(question.name, question.type as FieldType, question.label, {
    required: question.required === true,
    ...(question.type === "select" ? { options: options as unknown as NonNullable<FieldMeta["options"]> } : {}),
  });
}

const isLabel = (value: FieldValue | undefined): value is Label & { [name: string]: Json } =>
  isObject(value) && (typeof value["zh-CN"] === "string" || typeof value.en === "string");

const labelOf = (value: FieldValue | undefined): Label => ({
  "zh-CN": isLabel(value) ? (value["zh-CN"] ?? "") : "",
  en: isLabel(value) ? (value.en ?? "") : "",
});

/** Questions as they were stored; what is no question is left out. */
export function readQuestions(value: FieldValue | undefined): Question[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one): Question[] => {
    if (!isObject(one) || typeof one.name !== "string") return [];
    const type = QUESTION_TYPES.find((known) => known === one.type) ?? "text";
    const options = Array.isArray(one.options)
      ? one.options.flatMap((option) =>
          isObject(option) && typeof option.value === "string"
            ? [{ value: option.value, label: labelOf(option.label) }]
            : [],
        )
      : [];
    return [
      {
        name: one.name,
        type,
        label: labelOf(one.label),
        required: one.required === true,
        ...(type === "select" ? { options } : {}),
      },
    ];
  });
}

/** As the API takes them; a language that is not written is the other one. */
export function writeQuestions(questions: Question[]): Json {
  const whole = (label: Label): Label => ({
    "zh-CN": label["zh-CN"] || label.en,
    en: label.en || label["zh-CN"],
  });
  return questions.map(({ name, type, label, required, options }) => ({
    name,
    type,
    label: whole(label),
    required: required === true,
    ...(type === "select"
      ? { options: (options ?? []).map((one) => ({ value: one.value, label: whole(one.label) })) }
      : {}),
  })) as unknown as Json;
}

/** A name no other question has. */
export function freeName(questions: readonly { name: string }[]): string {
  const taken = new Set(questions.map(({ name }) => name));
  for (let n = questions.length + 1; ; n += 1) if (!taken.has(`q${n}`)) return `q${n}`;
}

/** Options as lines: "value | name", or the name alone. */
export function optionLines(question: Question): string {
  return (question.options ?? []).map(({ label }) => label["zh-CN"] || label.en).join("\n");
}

/** Lines as options; what was an option keeps its value, so that answers given go on to mean it. */
export function readOptionLines(text: string, before: Question["options"] = []): NonNullable<Question["options"]> {
  const names = [...new Set(text.split("\n").map((line) => line.trim()))].filter(Boolean);
  const used = new Set<string>();
  // Names that stand already take what is theirs first; only then may a new name take the place of one that is gone.
  const kept = names.map((name) => {
    const found = before.find(({ value, label }) => !used.has(value) && (label["zh-CN"] === name || label.en === name));
    if (found) used.add(found.value);
    return found;
  });
  const known = new Set(before.map(({ value }) => value));
  return names.map((name, index) => {
    const old = kept[index];
    if (old) return old;
    const inPlace = before[index]?.value;
    let value = inPlace !== undefined && !used.has(inPlace) ? inPlace : "";
    // What was taken away is not given to another: answers given would mean it.
    for (let n = index + 1; !value; n += 1) if (!used.has(`o${n}`) && !known.has(`o${n}`)) value = `o${n}`;
    used.add(value);
    return { value, label: { "zh-CN": name, en: name } };
  });
}

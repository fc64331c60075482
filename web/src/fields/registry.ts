import { type ComponentType, lazy } from "react";
import type { FieldMeta } from "@/api/types";
import { pickLabel } from "@/i18n/i18n";
import { BooleanDisplay } from "./boolean/display";
import { DateDisplay } from "./date/display";
import { DateTimeDisplay } from "./datetime/display";
import { MoneyDisplay } from "./money/display";
import { moneyText } from "./money/text";
import { NumberDisplay } from "./number/display";
import { numberText } from "./number/text";
import { ReferenceDisplay } from "./reference/display";
import { ReferencesDisplay } from "./references/display";
import { SelectDisplay } from "./select/display";
import { TextDisplay } from "./text/display";
import type { FieldInputProps, FieldKind, FieldRegistry } from "./types";
import { asReference, asReferences, asStrings, asText, isObject } from "./values";

/** Inputs load when first needed: a list is on screen long before anybody edits in it. */
function input(load: () => Promise<ComponentType<FieldInputProps>>): ComponentType<FieldInputProps> {
  return lazy(async () => ({ default: await load() }));
}

const textInput = input(async () => (await import("./text/input")).TextInput);
const numberInput = input(async () => (await import("./number/input")).NumberInput);
const referenceInput = input(async () => (await import("./reference/input")).ReferenceInput);

const text: FieldKind = {
  Display: TextDisplay,
  Input: textInput,
  width: 180,
  inline: true,
  toText: (value) => asText(value),
};

const number: FieldKind = {
  Display: NumberDisplay,
  Input: numberInput,
  align: "end",
  width: 120,
  inline: true,
  toText: numberText,
};

const reference: FieldKind = {
  Display: ReferenceDisplay,
  Input: referenceInput,
  width: 160,
  inline: true,
  toText: (value) => asReference(value)?.label ?? "",
};

const references: FieldKind = {
  Display: ReferencesDisplay,
  Input: input(async () => (await import("./references/input")).ReferencesInput),
  width: 180,
  inline: true,
  toText: (value) =>
    asReferences(value)
      .map((item) => item.label ?? "")
      .join(", "),
};

function optionText(value: string, field: FieldMeta, locale: "zh-CN" | "en"): string {
  const option = field.options?.find((candidate) => candidate.value === value);
  return option ? pickLabel(option.label, locale) : value;
}

/** Type -> components. A field type is one folder beside this file and one entry here. */
export const fieldRegistry: FieldRegistry = {
  text,
  long_text: { ...text, width: 240, inline: false },
  rich_text: { ...text, width: 240, inline: false },
  auto_number: { ...text, width: 130 },
  email: { ...text, width: 200 },
  phone: { ...text, width: 150 },
  url: { ...text, width: 200 },
  number,
  decimal: number,
  percent: { ...number, width: 100 },
  money: {
    Display: MoneyDisplay,
    Input: input(async () => (await import("./money/input")).MoneyInput),
    align: "end",
    width: 140,
    inline: true,
    toText: (value, _field, formats) => moneyText(value, formats),
  },
  duration: number,
  boolean: {
    Display: BooleanDisplay,
    Input: input(async () => (await import("./boolean/input")).BooleanInput),
    width: 90,
    inline: true,
    toText: (value, _field, formats) => (formats.locale === "en" ? (value ? "Yes" : "No") : value ? "是" : "否"),
  },
  date: {
    Display: DateDisplay,
    Input: input(async () => (await import("./date/input")).DateInput),
    width: 120,
    inline: true,
    toText: (value, _field, formats) => formats.date(asText(value)),
  },
  datetime: {
    Display: DateTimeDisplay,
    Input: input(async () => (await import("./datetime/input")).DateTimeInput),
    width: 160,
    inline: true,
    toText: (value, _field, formats) => formats.dateTime(asText(value)),
  },
  select: {
    Display: SelectDisplay,
    Input: input(async () => (await import("./select/input")).SelectInput),
    width: 120,
    inline: true,
    toText: (value, field, formats) => optionText(asText(value), field, formats.locale),
  },
  multi_select: {
    ...text,
    inline: false,
    toText: (value, field, formats) =>
      asStrings(value)
        .map((item) => optionText(item, field, formats.locale))
        .join(", "),
  },
  reference,
  user: { ...reference, width: 120 },
  department: { ...reference, width: 140 },
  many_to_many: references,
  tags: references,
  address: {
    ...text,
    width: 220,
    inline: false,
    toText: (value) =>
      isObject(value)
        ? [value.province, value.city !== value.province ? value.city : null, value.district, value.street]
            .filter(Boolean)
            .join(" ")
        : asText(value),
  },
  person_name: { ...text, toText: (value) => (isObject(value) ? asText(value.full) : asText(value)) },
  file: { ...text, inline: false, toText: (value) => (isObject(value) ? asText(value.name) : "") },
  image: { ...text, inline: false, toText: (value) => (isObject(value) ? asText(value.name) : "") },
  geo: {
    ...text,
    inline: false,
    toText: (value) => (isObject(value) ? `${asText(value.lat)}, ${asText(value.lng)}` : ""),
  },
  json: { ...text, inline: false },
};

/** The components of a field; a formula or roll-up is drawn as its result type. */
export function fieldKind(field: Pick<FieldMeta, "type" | "result">): FieldKind {
  const type = field.type === "formula" || field.type === "rollup" ? (field.result ?? "text") : field.type;
  if (type === "formula" || type === "rollup") return text;
  return fieldRegistry[type] ?? text;
}

import type { ComponentType } from "react";
import type { FieldMeta } from "@/api/types";
import { pickLabel } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { AddressDisplay } from "./address/display";
import { addressText } from "./address/text";
import { BooleanDisplay } from "./boolean/display";
import { DateDisplay } from "./date/display";
import { DateTimeDisplay } from "./datetime/display";
import { DurationDisplay } from "./duration/display";
import { durationText } from "./duration/text";
import { EmailDisplay } from "./email/display";
import { FileDisplay } from "./file/display";
import { GeoDisplay } from "./geo/display";
import { pointText } from "./geo/text";
import { JsonDisplay } from "./json/display";
import { LongTextDisplay } from "./long-text/display";
import { MoneyDisplay } from "./money/display";
import { moneyText } from "./money/text";
import { MultiSelectDisplay } from "./multi-select/display";
import { NumberDisplay } from "./number/display";
import { numberText } from "./number/text";
import { PersonNameDisplay } from "./person-name/display";
import { personNameText } from "./person-name/text";
import { PhoneDisplay } from "./phone/display";
import { phoneText } from "./phone/text";
import { RecordDisplay } from "./record/display";
import { ReferenceDisplay } from "./reference/display";
import { ReferencesDisplay } from "./references/display";
import { RichTextDisplay } from "./rich-text/display";
import { htmlToText } from "./rich-text/plain";
import { SelectDisplay } from "./select/display";
import { TextDisplay } from "./text/display";
import type { FieldInputProps, FieldKind, FieldRegistry } from "./types";
import { UrlDisplay } from "./url/display";
import { asReference, asReferences, asStrings, asText, isObject } from "./values";

/** Inputs load when first needed: a list is on screen long before anybody edits in it. */
function input(load: () => Promise<ComponentType<FieldInputProps>>): ComponentType<FieldInputProps> {
  return lazyPart(async () => ({ default: await load() }));
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

const file: FieldKind = {
  Display: FileDisplay,
  Input: input(async () => (await import("./file/input")).FileInput),
  width: 180,
  inline: false,
  toText: (value) => (isObject(value) ? asText(value.name) : ""),
};

function optionText(value: string, field: FieldMeta, locale: "zh-CN" | "en"): string {
  const option = field.options?.find((candidate) => candidate.value === value);
  return option ? pickLabel(option.label, locale) : value;
}

/** Type -> components. A field type is one folder beside this file and one entry here. */
export const fieldRegistry: FieldRegistry = {
  text,
  long_text: {
    ...text,
    Display: LongTextDisplay,
    Input: input(async () => (await import("./long-text/input")).LongTextInput),
    width: 240,
    inline: false,
  },
  rich_text: {
    ...text,
    Display: RichTextDisplay,
    Input: input(async () => (await import("./rich-text/input")).RichTextInput),
    width: 240,
    inline: false,
    toText: (value) => htmlToText(asText(value)).replace(/\n/g, " "),
  },
  auto_number: { ...text, width: 130 },
  email: {
    ...text,
    Display: EmailDisplay,
    Input: input(async () => (await import("./email/input")).EmailInput),
    width: 200,
  },
  phone: {
    ...text,
    Display: PhoneDisplay,
    Input: input(async () => (await import("./phone/input")).PhoneInput),
    width: 150,
    toText: (value, _field, formats) => phoneText(asText(value), formats.locale),
  },
  url: { ...text, Display: UrlDisplay, Input: input(async () => (await import("./url/input")).UrlInput), width: 200 },
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
  duration: {
    ...number,
    Display: DurationDisplay,
    Input: input(async () => (await import("./duration/input")).DurationInput),
    toText: (value, _field, formats) =>
      typeof value === "number" ? durationText(value, formats.locale) : asText(value),
  },
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
    Display: MultiSelectDisplay,
    width: 260,
    Input: input(async () => (await import("./multi-select/input")).MultiSelectInput),
    toText: (value, field, formats) =>
      asStrings(value)
        .map((item) => optionText(item, field, formats.locale))
        .join(", "),
  },
  reference,
  user: { ...reference, width: 120 },
  department: { ...reference, width: 140 },
  // What a record belongs to is set where it is made, not typed.
  record: {
    ...text,
    Display: RecordDisplay,
    Input: input(async () => (await import("./record/input")).RecordInput),
    inline: false,
    toText: (value) => (isObject(value) ? asText(value.label) : ""),
  },
  many_to_many: references,
  tags: references,
  address: {
    ...text,
    Display: AddressDisplay,
    Input: input(async () => (await import("./address/input")).AddressInput),
    width: 220,
    inline: false,
    toText: (value) => addressText(value),
  },
  person_name: {
    ...text,
    Display: PersonNameDisplay,
    Input: input(async () => (await import("./person-name/input")).PersonNameInput),
    toText: (value) => personNameText(value),
  },
  file,
  image: file,
  geo: {
    ...text,
    Display: GeoDisplay,
    Input: input(async () => (await import("./geo/input")).GeoInput),
    inline: false,
    toText: (value) => pointText(value),
  },
  json: {
    ...text,
    Display: JsonDisplay,
    Input: input(async () => (await import("./json/input")).JsonInput),
    inline: false,
  },
};

/** The components of a field; a formula or roll-up is drawn as its result type. */
export function fieldKind(field: Pick<FieldMeta, "type" | "result" | "currency" | "currency_of">): FieldKind {
  // Amounts rolled up, and what follows from them, are numbers in the company's own currency.
  const computed = field.type === "rollup" || field.type === "formula";
  if (computed && field.currency && !field.currency_of?.length) return fieldRegistry.money;
  const type = field.type === "formula" || field.type === "rollup" ? (field.result ?? "text") : field.type;
  if (type === "formula" || type === "rollup") return text;
  return fieldRegistry[type] ?? text;
}

import type { ComponentType } from "react";
import type { FieldMeta, FieldType, FieldValue, FieldValues } from "@/api/types";
import type { Formats } from "@/i18n/formats";

/** Where a value is shown: one line of a list, a card, or the roomy record page. */
export type DisplayVariant = "cell" | "page";

export interface FieldDisplayProps {
  field: FieldMeta;
  /** Never null or undefined: an empty value is drawn by `FieldDisplay` itself. */
  value: FieldValue;
  variant: DisplayVariant;
}

export interface FieldInputProps {
  field: FieldMeta;
  value: FieldValue | undefined;
  /** The new value as the API takes it; null clears it. */
  onChange(value: FieldValue): void;
  id?: string;
  autoFocus?: boolean;
  disabled?: boolean;
  status?: "error" | undefined;
  /** In a list cell: no border, and a chosen value is finished at once. */
  inline?: boolean;
  /** The value is complete (a choice was made in a list, a calendar day picked): an inline editor saves now. */
  onFinish?(value: FieldValue): void;
  /** The other values of the record being edited, for inputs that depend on them. */
  values?: FieldValues;
  /** What is to be chosen, said in the input itself where it has no label beside it (a filter). */
  placeholder?: string;
  /** Ids of the elements that describe this input (help, error). */
  describedBy?: string;
}

/** Everything the engine needs to know of one field type. One folder, one line in `registry.ts`. */
export interface FieldKind {
  Display: ComponentType<FieldDisplayProps>;
  Input: ComponentType<FieldInputProps>;
  /** Numbers and money stand at the end of their column. */
  align?: "start" | "end";
  /** Width of a new list column, in pixels. */
  width: number;
  /** False where a list cell is too small to edit in; the form is offered instead. */
  inline: boolean;
  /** One line of plain text: for titles, tooltips, accessible names, conflicts. */
  toText(value: FieldValue, field: FieldMeta, formats: Formats): string;
}

export type FieldRegistry = Record<Exclude<FieldType, "formula" | "rollup">, FieldKind>;

import type { FieldMeta, FieldValue } from "@/api/types";
import { jsonProblem, unreadText } from "./json/unread";
import { isBlankHtml } from "./rich-text/plain";
import { asMoney, asText, isEmptyValue, isObject } from "./values";

/** What is wrong with a value, as a key under `fields.problems` and what the text needs. */
export interface ValueProblem {
  code:
    | "required"
    | "too_long"
    | "too_small"
    | "too_large"
    | "bad_number"
    | "bad_email"
    | "bad_phone"
    | "bad_url"
    | "bad_format"
    | "bad_duration"
    | "bad_json"
    | "bad_geo";
  values?: Record<string, string | number>;
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * The checks a form makes while one types: filled in, length, range, form. Never stricter than the server, which
 * decides in the end; null where nothing is wrong.
 */
export function checkValue(field: FieldMeta, value: FieldValue | undefined, required: boolean): ValueProblem | null {
  if (isMissing(field, value)) return required ? { code: "required" } : null;
  const text = asText(value);
  switch (field.type) {
    case "number":
    case "decimal":
    case "percent":
      return checkNumber(field, text);
    case "money":
      return checkNumber(field, asMoney(value)?.amount ?? text);
    case "duration":
      return typeof value === "number" ? checkNumber(field, text) : { code: "bad_duration" };
    case "email":
      return /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(text.trim()) ? checkText(field, text) : { code: "bad_email" };
    case "phone":
      return /^[\d\s+\-().（）－#*;=,x转分机接extEXT]+$/.test(text) && /\d/.test(text) ? null : { code: "bad_phone" };
    case "url":
      return /^([a-z][a-z0-9+.-]*:\/\/)?[^\s/]+\.[^\s]+$/i.test(text.trim())
        ? checkText(field, text)
        : { code: "bad_url" };
    case "geo":
      return isObject(value) ? null : { code: "bad_geo" };
    case "json": {
      const unread = unreadText(value);
      return unread === null ? null : { code: "bad_json", values: { reason: jsonProblem(unread) } };
    }
    case "text":
    case "long_text":
      return checkText(field, text);
    default:
      return null;
  }
}

function isMissing(field: FieldMeta, value: FieldValue | undefined): boolean {
  if (isEmptyValue(value)) return true;
  if (typeof value === "string" && value.trim() === "") return true;
  return field.type === "rich_text" && isBlankHtml(asText(value));
}

function checkText(field: FieldMeta, text: string): ValueProblem | null {
  const length = [...text].length;
  if (field.max_length && length > field.max_length) {
    return { code: "too_long", values: { max: field.max_length, length } };
  }
  if (!field.pattern) return null;
  try {
    return new RegExp(field.pattern, "u").test(text.trim()) ? null : { code: "bad_format" };
  } catch {
    // The server's pattern language is a little wider than the browser's.
    return null;
  }
}

function checkNumber(field: FieldMeta, text: string): ValueProblem | null {
  if (!NUMBER.test(text.trim())) return { code: "bad_number" };
  const number = Number(text);
  if (field.min !== undefined && field.min !== null && number < Number(field.min)) {
    return { code: "too_small", values: { min: field.min } };
  }
  if (field.max !== undefined && field.max !== null && number > Number(field.max)) {
    return { code: "too_large", values: { max: field.max } };
  }
  return null;
}

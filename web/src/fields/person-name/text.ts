import type { FieldValue } from "@/api/types";
import { asText, isObject } from "../values";

/** The whole name; where only the parts were given (not saved yet), in the order of their script. */
export function personNameText(value: FieldValue | undefined): string {
  if (!isObject(value)) return asText(value);
  if (value.full) return asText(value.full);
  const [family, given] = [asText(value.family), asText(value.given)];
  return (/\p{Script=Han}/u.test(family + given) ? `${family}${given}` : `${given} ${family}`).trim();
}

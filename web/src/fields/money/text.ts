import type { FieldValue } from "@/api/types";
import type { Formats } from "@/i18n/formats";
import { asMoney, asText } from "../values";

export function moneyText(value: FieldValue, formats: Formats): string {
  const money = asMoney(value) ?? { amount: asText(value), currency: formats.currency };
  return formats.money({ ...money, currency: money.currency || formats.currency });
}

import type { FieldValue, Money } from "@/api/types";
import type { Formats } from "@/i18n/formats";
import { asMoney, asText } from "../values";

export function moneyText(value: FieldValue, formats: Formats): string {
  const money = asMoney(value) ?? { amount: asText(value), currency: formats.currency };
  return formats.money({ ...money, currency: money.currency || formats.currency });
}

/** Sums in several currencies side by side; without any, nothing of the company's own. */
export function moneySumText(sums: Money[], formats: Formats): string {
  const shown = sums.length > 0 ? sums : [{ amount: "0", currency: formats.currency }];
  return shown.map((sum) => formats.money(sum)).join(" + ");
}

import { expect, it } from "vitest";
import { computedMoney, currencySources } from "./computed";

const weighted = { type: "formula" as const, currency_of: ["amount"] };
const usd = { amount: "100.00", currency: "USD" };

it("is in the currency of what it follows from", () => {
  expect(computedMoney(weighted, "45.00", { amount: usd })).toEqual({ amount: "45.00", currency: "USD" });
  expect(currencySources(weighted)).toEqual(["amount"]);
});

it("is in none where nothing is known, or amounts of several currencies are mixed", () => {
  expect(computedMoney(weighted, "45.00", {})).toBeNull();
  const margin = { type: "formula" as const, currency_of: ["amount", "cost"] };
  expect(computedMoney(margin, "1", { amount: usd, cost: { amount: "1", currency: "CNY" } })).toBeNull();
  expect(computedMoney(margin, "1", { amount: usd, cost: null })?.currency).toBe("USD");
  expect(computedMoney({ ...weighted, currency: "CNY" }, "1", { amount: usd })).toBeNull();
});

it("leaves other fields alone", () => {
  expect(computedMoney({ type: "decimal" }, "1", { amount: usd })).toBeNull();
  expect(computedMoney(weighted, true, { amount: usd })).toBeNull();
});

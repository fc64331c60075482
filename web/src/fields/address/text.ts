import type { Address, FieldValue } from "@/api/types";
import { asText, isObject } from "../values";

export const ADDRESS_PARTS = ["province", "city", "district", "street", "postcode", "country"] as const;
export type AddressPart = (typeof ADDRESS_PARTS)[number];

export function asAddress(value: FieldValue | undefined): Partial<Address> | null {
  if (!isObject(value)) return null;
  const address: Partial<Address> = {};
  for (const part of ADDRESS_PARTS) address[part] = asText(value[part]) || null;
  return address;
}

/** Whether it is written as in China: by its country, or by its script where none is given. */
export function isChinese({ country, province, city, street }: Partial<Address>): boolean {
  return country === "CN" || (!country && /\p{Script=Han}/u.test(`${province ?? ""}${city ?? ""}${street ?? ""}`));
}

/** In the order of its country: large to small without gaps in Chinese, small to large with commas elsewhere. */
export function addressText(value: FieldValue | undefined): string {
  const address = asAddress(value);
  if (!address) return asText(value);
  const { country, province, city, district, street, postcode } = address;
  const chinese = country === "CN" || /\p{Script=Han}/u.test(`${province}${city}${street}`);
  if (chinese) {
    const line = [province, city === province ? null : city, district, street].filter(Boolean).join("");
    return [line, postcode].filter(Boolean).join(" ");
  }
  const region = [province, postcode].filter(Boolean).join(" ");
  return [street, district, city, region, country].filter(Boolean).join(", ");
}

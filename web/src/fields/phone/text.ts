import type { Locale } from "@/api/types";

/** Area codes of two digits after the zero; every other Chinese area code has three. */
const SHORT_AREA = /^(10|2[0-9])/;
const COUNTRY = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;

/** `+8613812345678` as people here write it, "138 1234 5678"; numbers from elsewhere keep their country code. */
export function phoneText(value: string, locale: Locale): string {
  const [number = "", extension] = splitPhone(value);
  return extension ? `${localNumber(number)} ${locale === "en" ? "ext." : "转"} ${extension}` : localNumber(number);
}

/** The number in E.164 and the extension, if any. */
export function splitPhone(value: string): [string, string | null] {
  const [number = "", ...rest] = value.split(";ext=");
  return [number, rest.length > 0 ? rest.join("") : null];
}

function localNumber(number: string): string {
  const chinese = /^\+86(\d+)$/.exec(number)?.[1];
  if (chinese && /^1[3-9]\d{9}$/.test(chinese)) {
    return `${chinese.slice(0, 3)} ${chinese.slice(3, 7)} ${chinese.slice(7)}`;
  }
  if (chinese && /^[48]00\d{7}$/.test(chinese)) {
    return `${chinese.slice(0, 3)} ${chinese.slice(3, 6)} ${chinese.slice(6)}`;
  }
  if (chinese && /^([2-9]\d{8,10}|10\d{8})$/.test(chinese)) {
    const area = SHORT_AREA.test(chinese) ? 2 : 3;
    return `0${chinese.slice(0, area)}-${grouped(chinese.slice(area))}`;
  }
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (american) return `+1 (${american[1]}) ${american[2]}-${american[3]}`;
  const digits = /^\+(\d{6,15})$/.exec(number)?.[1];
  const country = digits && COUNTRY.exec(digits)?.[0];
  return digits && country ? `+${country} ${grouped(digits.slice(country.length))}` : number;
}

/** Eight digits as 4 and 4, seven as 3 and 4: from the end in fours. */
function grouped(digits: string): string {
  return digits.replace(/(\d)(?=(\d{4})+$)/g, "$1 ");
}

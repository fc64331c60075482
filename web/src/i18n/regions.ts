import type { Locale } from "@/api/types";

/** ISO 3166 codes of the countries and regions that have a telephone numbering plan, which is what the server takes. */
const REGIONS = (
  "AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF " +
  "CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG " +
  "GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW " +
  "KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF " +
  "NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM " +
  "SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK " +
  "YE YT ZA ZM ZW"
).split(" ");

/** Those looked for most, first. */
const USUAL = ["CN", "HK", "MO", "TW"];

/** ISO 4217 codes of money in use, which is what the server takes. */
const CURRENCIES = (
  "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP " +
  "CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR " +
  "IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU " +
  "MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG " +
  "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV " +
  "WST XAF XCD XCG XOF XPF YER ZAR ZMW"
).split(" ");

/** Those looked for most, first. */
const USUAL_CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "TWD", "SGD", "KRW", "AUD"];

interface RegionOption {
  value: string;
  label: string;
}

/** Countries and regions by name, for a select; what is stored and not in the list stands at its end. */
export function regionOptions(locale: Locale, stored?: string | null): RegionOption[] {
  const names = new Intl.DisplayNames(locale, { type: "region" });
  const option = (code: string): RegionOption => ({ value: code, label: `${names.of(code) ?? code} (${code})` });
  const others = REGIONS.filter((code) => !USUAL.includes(code)).map(option);
  others.sort((left, right) => left.label.localeCompare(right.label, locale));
  const all = [...USUAL.map(option), ...others];
  return stored && !REGIONS.includes(stored) ? [...all, { value: stored, label: stored }] : all;
}

/** Currencies by name. */
export function currencyOptions(locale: Locale): RegionOption[] {
  const names = new Intl.DisplayNames(locale, { type: "currency" });
  const codes = [...USUAL_CURRENCIES, ...CURRENCIES.filter((code) => !USUAL_CURRENCIES.includes(code))];
  return codes.map((code) => ({ value: code, label: `${code} ${names.of(code) ?? ""}`.trim() }));
}

/** Time zones with what people call them and their distance from UTC now. */
export function timeZoneOptions(locale: Locale, stored: string): RegionOption[] {
  const zones = new Set(["Asia/Shanghai", ...Intl.supportedValuesOf("timeZone"), stored]);
  const now = new Date();
  const named = (timeZone: string, language: string, timeZoneName: "longOffset" | "longGeneric"): string => {
    const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName }).formatToParts(now);
    return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  };
  return [...zones].map((zone) => {
    const distance = named(zone, "en", "longOffset").replace("GMT", "UTC");
    return { value: zone, label: `${named(zone, locale, "longGeneric")} · ${zone} (${distance})` };
  });
}

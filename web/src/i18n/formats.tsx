import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Locale, Money } from "@/api/types";

export interface Formats {
  locale: Locale;
  timeZone: string;
  currency: string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  /** A decimal string, grouped, keeping every digit it has (at least `scale`). */
  decimal(value: string, scale?: number): string;
  money(value: Money): string;
  /** `2026-11-22` as a date of no zone. */
  date(value: string): string;
  /** An instant, in the viewer's time zone. */
  dateTime(value: string): string;
  time(value: string): string;
  /** "3 days ago", for instants. */
  relative(value: string, now?: number): string;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Builds the formatters once per language, zone and currency: Intl objects are dear to make. */
export function createFormats(locale: Locale, timeZone: string, currency: string): Formats {
  const numbers = new Map<string, Intl.NumberFormat>();
  const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    let format = numbers.get(key);
    if (!format) {
      format = new Intl.NumberFormat(locale, options);
      numbers.set(key, format);
    }
    return format;
  };
  // English dates are written 2026-11-22, because 05/11 is May here and November there.
  const dates = locale === "en" ? "en-CA" : locale;
  const date = new Intl.DateTimeFormat(dates, { year: "numeric", month: "2-digit", day: "2-digit", timeZone: "UTC" });
  const dateTime = new Intl.DateTimeFormat(dates, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const instant = (value: string, format: Intl.DateTimeFormat): string => {
    const at = new Date(value);
    return Number.isNaN(at.getTime()) ? value : format.format(at);
  };
  const decimalDigits = (value: string, scale: number): Intl.NumberFormatOptions => {
    const digits = Math.min(20, Math.max(scale, value.split(".")[1]?.length ?? 0));
    return { minimumFractionDigits: Math.min(scale, 20), maximumFractionDigits: digits };
  };
  const sign = (code: string, currencyDisplay: "symbol" | "narrowSymbol"): string | undefined =>
    numberFormat({ style: "currency", currency: code, currencyDisplay })
      .formatToParts(0)
      .find((part) => part.type === "currency")?.value;
  /** The short sign is the company's own currency's alone: beside amounts in CNY, "¥" must not mean JPY. */
  const signOf = (code: string): "symbol" | "narrowSymbol" | "code" => {
    if (code === currency) return "narrowSymbol";
    return sign(code, "symbol") === sign(currency, "narrowSymbol") ? "code" : "symbol";
  };
  return {
    locale,
    timeZone,
    currency,
    number: (value, options = {}) => numberFormat(options).format(value),
    decimal: (value, scale = 0) => numberFormat(decimalDigits(value, scale)).format(value as unknown as number),
    money: (value) => {
      const whole = /^-?\d+(\.0+)?$/.test(value.amount);
      try {
        return numberFormat({
          style: "currency",
          currency: value.currency,
          currencyDisplay: signOf(value.currency),
          ...(whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}),
        }).format(value.amount as unknown as number);
      } catch {
        return `${value.amount} ${value.currency}`;
      }
    },
    date: (value) => instant(`${value}T00:00:00Z`, date),
    dateTime: (value) => instant(value, dateTime),
    time: (value) => instant(value, time),
    relative: (value, now = Date.now()) => {
      const seconds = (new Date(value).getTime() - now) / 1000;
      for (const [unit, size] of UNITS) {
        if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
      }
      return relative.format(0, "minute");
    },
  };
}

const FormatsContext = createContext<Formats>(createFormats("zh-CN", "Asia/Shanghai", "CNY"));

export function FormatsProvider(props: { locale: Locale; timeZone: string; currency: string; children: ReactNode }) {
  const { locale, timeZone, currency, children } = props;
  const formats = useMemo(() => createFormats(locale, timeZone, currency), [locale, timeZone, currency]);
  return <FormatsContext value={formats}>{children}</FormatsContext>;
}

export function useFormats(): Formats {
  return useContext(FormatsContext);
}

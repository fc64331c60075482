import type { Locale } from "@/api/types";

/** How a picker writes a day, the same as `formats.date`; what else it reads when typed comes after. */
export function datePatterns(locale: Locale): string[] {
  const own = locale === "en" ? "YYYY-MM-DD" : "YYYY/MM/DD";
  return [own, "YYYY-MM-DD", "YYYY/M/D", "YYYYMMDD", "YYYY年M月D日"];
}

/** The same with the time. */
export function dateTimePatterns(locale: Locale): string[] {
  const own = locale === "en" ? "YYYY-MM-DD, HH:mm" : "YYYY/MM/DD HH:mm";
  return [own, "YYYY-MM-DD HH:mm", "YYYY/M/D H:mm"];
}

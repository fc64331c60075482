import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";

const UNITS = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
] as const;

const WORDS = { days: "common.spanDays", hours: "common.spanHours", minutes: "common.spanMinutes" } as const;

/** How long something took, in the unit that tells most: one digit after the point below ten. */
export function spanOf(seconds: number): { n: number; unit: "days" | "hours" | "minutes" } {
  const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? UNITS[2];
  const n = Math.max(0, seconds) / size;
  return { n: n < 10 ? Math.round(n * 10) / 10 : Math.round(n), unit };
}

/** "3.5 days", for seconds; nothing for nothing. */
export function useSpan(): (seconds: number | null | undefined) => string {
  const { t } = useTranslation();
  const formats = useFormats();
  return useCallback(
    (seconds) => {
      if (seconds === null || seconds === undefined) return "";
      const { n, unit } = spanOf(seconds);
      return t(WORDS[unit], { n: formats.number(n) });
    },
    [t, formats],
  );
}

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Money } from "@/api/types";
import { moneySumText } from "@/fields/money/text";
import { useFormats } from "@/i18n/formats";
import type { Cell, Place } from "./figure";

export interface Cells {
  text: (text: string, open?: Place) => Cell;
  count: (value: number, open?: Place) => Cell;
  /** To one digit after the point. */
  decimal: (value: number | null, open?: Place) => Cell;
  /** A part of 1. In the file it is a number of per cent. */
  percent: (value: number | null, open?: Place) => Cell;
  days: (value: number | null, open?: Place) => Cell;
  /** In the file a number where all is in one currency. */
  money: (sums: Money[], open?: Place) => Cell;
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** What stands in a table, as it is read in the language in use. */
export function useCells(): Cells {
  const { t } = useTranslation();
  const formats = useFormats();
  return useMemo(
    () => ({
      text: (text, open) => ({ value: text, text, open }),
      count: (value, open) => ({ value, text: formats.number(value), open }),
      decimal: (value, open) =>
        value === null
          ? { value: null, text: "" }
          : { value: round(value, 1), text: formats.number(value, { maximumFractionDigits: 1 }), open },
      percent: (value, open) =>
        value === null
          ? { value: null, text: "" }
          : {
              value: round(value * 100, 1),
              text: formats.number(value, { style: "percent", maximumFractionDigits: 1 }),
              unit: "%",
              open,
            },
      days: (value, open) =>
        value === null
          ? { value: null, text: "" }
          : {
              value: round(value, 1),
              text: t("analysis.days", { n: formats.number(value, { maximumFractionDigits: 1 }) }),
              unit: t("analysis.dayUnit"),
              open,
            },
      money: (sums, open) => ({
        value: sums.length === 0 ? 0 : sums.length === 1 ? Number(sums[0]?.amount) : moneySumText(sums, formats),
        text: moneySumText(sums, formats),
        open,
      }),
    }),
    [t, formats],
  );
}

import { useTranslation } from "react-i18next";
import type { ColumnOptions } from "@/api/imports";

/** How cells are read, in one short line; empty where plainly. */
export function useSpoken(): (options: ColumnOptions) => string {
  const { t } = useTranslation();
  return (options) => {
    const { empty, split, take, values, unit, date_form, date_order, prefix, suffix, otherwise, by } = options;
    const said: string[] = [];
    if (empty?.length) said.push(t("imports.said.empty", { texts: empty.join(" ") }));
    if (split) said.push(splitText(split));
    if (take) said.push(t(`imports.take.${take}`));
    const n = Object.keys(values ?? {}).length;
    if (n > 0) said.push(t("imports.said.values", { n }));
    if (unit) said.push(t(`imports.unit.${unit}`));
    if (date_form && date_form !== "auto") said.push(t(`imports.dateForm.${date_form}`));
    if (date_order) said.push(t(`imports.dates.${date_order}`));
    if (prefix) said.push(t("imports.said.prefix", { text: prefix }));
    if (suffix) said.push(t("imports.said.suffix", { text: suffix }));
    if (otherwise) said.push(t("imports.said.otherwise", { text: otherwise }));
    if (by) said.push(t("imports.said.by", { field: by }));
    return said.join(" · ");

    function splitText({ at, part }: { at: string; part: number }): string {
      const sign = at === " " ? t("imports.space") : at;
      return part === -1 ? t("imports.said.splitLast", { at: sign }) : t("imports.said.split", { at: sign, n: part });
    }
  };
}

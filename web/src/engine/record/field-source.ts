import type { TFunction } from "i18next";
import type { FieldSource } from "@/api/provenance";

/** Where a value comes from, in a line: how, where that is still known, by whom, when. */
export function sourceText(source: FieldSource, t: TFunction, dateTime: (at: string) => string): string {
  const who = { name: source.actor.label ?? t("form.somebody"), at: dateTime(source.at) };
  if (source.source === null) return t("record.source.unknown", who);
  const what = source.file
    ? t("record.source.importedFrom", { file: source.file })
    : t(`record.source.${source.source}`);
  return t("record.source.by", { what, ...who });
}

import type { TFunction } from "i18next";
import type { FieldSource } from "@/api/provenance";

/** Where a value comes from, in a line: how, by whom, when. */
export function sourceText(source: FieldSource, t: TFunction, dateTime: (at: string) => string): string {
  const what = source.file
    ? t("record.source.importedFrom", { file: source.file })
    : t(`record.source.${source.source ?? "unknown"}`);
  return t("record.source.by", { what, name: source.actor.label ?? t("form.somebody"), at: dateTime(source.at) });
}

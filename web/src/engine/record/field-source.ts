import type { TFunction } from "i18next";
import type { FieldSource } from "@/api/provenance";

/** Where a value comes from, in a line: how, where that is still known, by whom, when. */
export function sourceText(source: FieldSource, t: TFunction, dateTime: (at: string) => string): string {
  const who = { name: source.actor.label ?? t("form.somebody"), at: dateTime(source.at) };
  if (source.source === null) return t("record.source.unknown", who);
  const what = source.file
    ? importText(source, source.file, t)
    : source.from && (source.source === "enriched" || source.source === "agent")
      ? t(`record.source.${source.source}From`, { from: source.from })
      : t(`record.source.${source.source}`);
  return t("record.source.by", { what, ...who });
}

/** From which place of which file: the sheet of a workbook and the row, where they are known. */
function importText({ row, sheet }: FieldSource, name: string, t: TFunction): string {
  const file = sheet ? `${name} · ${sheet}` : name;
  return row === null ? t("record.source.importedFrom", { file }) : t("record.source.importedRow", { file, row });
}

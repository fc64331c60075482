import type { FieldValue, FileValue } from "@/api/types";
import { asText, isObject } from "../values";

/** A file as it is shown; what the caller may not see of it is empty. */
export type ShownFile = Required<Omit<FileValue, "label">>;

export function asFile(value: FieldValue | undefined): ShownFile | null {
  if (!isObject(value) || typeof value.id !== "string") return null;
  return {
    id: value.id,
    name: asText(value.name ?? value.label) || value.id,
    size: Number(value.size ?? 0),
    content_type: asText(value.content_type),
  };
}

/** 1536 as "1.5 kB". */
export function sizeText(bytes: number, format: (value: number, options?: Intl.NumberFormatOptions) => string): string {
  const units = ["B", "kB", "MB", "GB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${format(size, { maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

/** Kinds the server shows in place (docs/api.md: "pictures of safe kinds"). */
export function isPicture(contentType: string): boolean {
  return /^image\/(png|jpe?g|gif|webp|avif|bmp)$/.test(contentType);
}

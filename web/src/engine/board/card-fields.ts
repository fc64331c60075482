import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, FieldMeta, ObjectMeta, RecordData } from "@/api/types";
import { fieldKind } from "@/fields/registry";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { resolvePath, useMeta } from "../meta";

/** What cards of a board show below their titles. */
export interface CardField {
  path: string;
  field: FieldMeta;
  /** A field of the record itself, not one of what it refers to. */
  own: boolean;
}

/** Looked up once for a board: a card drawn while scrolling must cost little. */
export function useCardFields(object: ObjectMeta, board: BoardMeta): CardField[] {
  const meta = useMeta();
  return useMemo(
    () =>
      board.card
        .filter((path) => path !== object.title_field && path !== board.group_by)
        .flatMap((path) => {
          const resolved = resolvePath(meta, object, path);
          return resolved ? [{ path, field: resolved.field, own: resolved.depth === 0 }] : [];
        }),
    [meta, object, board],
  );
}

export function useTitle(object: ObjectMeta): (record: RecordData) => string {
  const formats = useFormats();
  const { t } = useTranslation();
  const field = object.fields.find((candidate) => candidate.name === object.title_field);
  return (record) => {
    const value = record[object.title_field];
    if (!field || isEmptyValue(value)) return t("board.untitled");
    return fieldKind(field).toText(value, field, formats);
  };
}

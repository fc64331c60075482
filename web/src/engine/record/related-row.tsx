import { useTranslation } from "react-i18next";
import type { FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { fieldKind } from "@/fields/registry";
import { useGone } from "@/realtime/store";
import { GoneWord } from "../list/gone-word";
import { type ResolvedPath, readPath } from "../meta";

interface Props {
  target: ObjectMeta;
  row: RecordData;
  columns: ResolvedPath[];
  /** It belongs into the list no more. */
  left: boolean;
}

/** One of the records that belong to another. */
export function RelatedRow({ target, row, columns, left }: Props) {
  const { t } = useTranslation();
  const gone = useGone(row.id);
  return (
    <tr data-gone={gone ? true : undefined} data-left={left || undefined}>
      {columns.map((column, index) => {
        const value = readPath(row, column.path) as FieldValue | undefined;
        const isTitle = index === 0 && column.depth === 0 && column.field.name === target.title_field;
        return (
          <td key={column.path} data-align={fieldKind(column.field).align}>
            {isTitle ? (
              <RecordLink object={target.name} id={row.id}>
                {titleText(row[target.title_field]) || t("record.untitled")}
              </RecordLink>
            ) : (
              <FieldDisplay field={column.field} value={value} record={column.depth === 0 ? row : undefined} />
            )}
            {index === columns.length - 1 ? <GoneWord gone={gone} left={left} /> : null}
          </td>
        );
      })}
    </tr>
  );
}

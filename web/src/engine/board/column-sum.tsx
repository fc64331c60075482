import { useTranslation } from "react-i18next";
import type { AggregateResult, BoardMeta, FieldMeta, Json, ObjectMeta } from "@/api/types";
import { moneySumText } from "@/fields/money/text";
import { fieldKind } from "@/fields/registry";
import type { Formats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { measureOf, moneySums } from "../aggregate";
import { findField } from "../meta";
import type { ColumnTotals } from "./board-screen";

/** What the records of a column come to in a field, in its unit; amounts of money currency by currency. */
export function sumText(totals: AggregateResult, field: FieldMeta, formats: Formats, key: Json): string {
  if (field.type === "money") return moneySumText(moneySums(totals, field, formats.currency, key), formats);
  const sum = measureOf(totals, `sum(${field.name})`, key);
  return field.currency
    ? formats.money({ amount: String(Math.round(sum)), currency: field.currency })
    : fieldKind(field).toText(sum, field, formats);
}

interface ColumnSumProps {
  object: ObjectMeta;
  board: BoardMeta;
  totals: ColumnTotals | null;
}

/** The sum of a column, named by its field. */
export function ColumnSum({ object, board, totals }: ColumnSumProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const field = board.sum ? findField(object, board.sum) : null;
  if (!field) return null;
  return (
    <span className="gx-board-sum gx-numeric" title={t("board.sumOf", { field: label(field.label) })}>
      {totals?.sum ?? "\u00a0"}
    </span>
  );
}

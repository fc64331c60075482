import type { BoardMeta, ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { findField } from "../meta";
import type { ColumnTotals } from "./board-screen";

/** The sum of a column, in the unit of its field. */
export function ColumnSum({
  object,
  board,
  totals,
}: {
  object: ObjectMeta;
  board: BoardMeta;
  totals: ColumnTotals | null;
}) {
  const formats = useFormats();
  const label = useLabel();
  const field = board.sum ? findField(object, board.sum) : null;
  if (!field) return null;
  const sum = totals?.sum ?? null;
  const text =
    sum === null
      ? "\u00a0"
      : field.type === "money"
        ? formats.money({ amount: String(Math.round(sum)), currency: formats.currency })
        : formats.number(sum);
  return (
    <span className="gx-board-sum gx-numeric" title={label(field.label)}>
      {text}
    </span>
  );
}

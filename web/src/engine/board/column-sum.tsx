import { WarningOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { AggregateResult, BoardMeta, FieldMeta, Json, ObjectMeta } from "@/api/types";
import { moneySumText } from "@/fields/money/text";
import { fieldKind } from "@/fields/registry";
import type { Formats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { measureOf, moneySums } from "../aggregate";
import { findField } from "../meta";
import { useBoardHints } from "./board-context";
import type { ColumnTotals } from "./board-screen";
import type { OverLimit } from "./limits";

/** What the records of a column come to in a field, in its unit; amounts of money currency by currency. */
export function sumText(totals: AggregateResult, field: FieldMeta, formats: Formats, key: Json): string {
  if (field.type === "money") return moneySumText(moneySums(totals, field, formats.currency, key), formats);
  const sum = measureOf(totals, `sum(${field.name})`, key);
  return field.currency
    ? formats.money({ amount: String(Math.round(sum)), currency: field.currency })
    : fieldKind(field).toText(sum, field, formats);
}

/** A computed part of the sum, in the currency of what it is a part of. */
export function weightedText(
  totals: AggregateResult,
  sum: FieldMeta,
  weighted: FieldMeta,
  formats: Formats,
  key: Json,
): string {
  if (sum.type === "money") return moneySumText(moneySums(totals, weighted, formats.currency, key), formats);
  return sumText(totals, weighted, formats, key);
}

interface ColumnSumProps {
  object: ObjectMeta;
  board: BoardMeta;
  totals: ColumnTotals | null;
}

/** The sum of a column and its weighted one, named by their fields; and who has more cards here than is good. */
export function ColumnSum({ object, board, totals }: ColumnSumProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { weighted } = useBoardHints();
  const field = board.sum ? findField(object, board.sum) : null;
  if (!field) return null;
  const over = totals?.over ?? [];
  return (
    <>
      <span className="gx-board-sum gx-numeric">
        <span title={t("board.sumOf", { field: label(field.label) })}>{totals?.sum ?? "\u00a0"}</span>
        {weighted && totals?.weighted ? (
          <span className="gx-board-weighted" title={t("board.sumOf", { field: label(weighted.label) })}>
            {t("board.weighted", { sum: totals.weighted })}
          </span>
        ) : null}
      </span>
      {over.length > 0 ? (
        <span className="gx-board-over" role="note" title={over.map(overText).join("\n")}>
          <WarningOutlined aria-hidden /> {t("board.overLimit", { names: over.map(overText).join(t("common.comma")) })}
        </span>
      ) : null}
    </>
  );
}

const overText = ({ owner, count, limit }: OverLimit) => `${owner} ${count}/${limit}`;

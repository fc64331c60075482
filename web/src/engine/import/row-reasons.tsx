import { CheckCircleFilled } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { ImportRow } from "@/api/imports";
import { placeOf } from "./grid-model";
import type { PartDraft } from "./plan";
import type { Touched } from "./use-problem-rows";

interface RowReasonsProps {
  row: ImportRow;
  parts: PartDraft[];
  fieldName: (part: string, field: string) => string;
  touched: Touched | undefined;
  onSame?: ((column: number, from: string, to: string) => void) | undefined;
}

/** What is wrong with a row, each with its remedy; or that it is mended, and whether others like it are to be. */
export function RowReasons({ row, parts, fieldName, touched, onSame }: RowReasonsProps) {
  const { t } = useTranslation();
  if (row.left_out) return <span className="gx-muted">{t("imports.isLeftOut")}</span>;
  if (row.problems.length > 0) {
    return row.problems.map((problem) => {
      const { part, field } = placeOf(problem, parts);
      return (
        <span key={`${part}.${field}.${problem.code}.${problem.value}`} className="gx-import-why">
          <b>{fieldName(part, field)}</b> {problem.message}
        </span>
      );
    });
  }
  const last = touched?.last;
  const again = onSame && last && last.from !== "" && last.to !== "" && last.from !== last.to;
  return (
    <>
      <span className="gx-import-fine">
        <CheckCircleFilled aria-hidden /> {t("imports.isFine")}
      </span>
      {again ? (
        <Button type="link" size="small" onClick={() => onSame(last.column, last.from, last.to)}>
          {t("imports.sameEverywhere", { from: last.from, to: last.to })}
        </Button>
      ) : null}
    </>
  );
}

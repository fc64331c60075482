import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import { gradeOf } from "./model";
import "./quality.css";

/** A score as a number on its colour; a dash where nothing is expected. */
export function Score({ value, large = false }: { value: number | null; large?: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const text = value === null ? "—" : formats.number(value, { maximumFractionDigits: 1 });
  return (
    <span
      className="gx-score gx-numeric"
      data-grade={gradeOf(value) ?? undefined}
      data-large={large || undefined}
      title={t("quality.score")}
    >
      {text}
    </span>
  );
}

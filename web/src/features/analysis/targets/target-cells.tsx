import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import type { Place } from "../figure";
import { barOf, type Figures } from "./model";

/** A figure of a target as it is read: an amount, or a number of deals or customers. */
export function useFigureText(currency: string | null): (value: number | null) => string {
  const formats = useFormats();
  return (value) => {
    if (value === null) return "—";
    if (currency === null) return formats.number(value, { maximumFractionDigits: 1 });
    return formats.money({ amount: value.toFixed(0), currency });
  };
}

interface CellProps {
  /** Names the column where the table stands as cards. */
  name: string;
  children: ReactNode;
}

export function FigureCell({ name, children }: CellProps) {
  return (
    <td className="gx-numeric" data-align="end" data-name={name}>
      {children}
    </td>
  );
}

/** A number that opens the records behind it; nothing opens where there are none. */
export function FigureLink({ text, value, open }: { text: string; value: number | null; open: Place }) {
  if (!value) return text;
  return (
    <Link to="/o/$object" params={{ object: open.object }} search={{ view: "all", filter: open.filter }}>
      {text}
    </Link>
  );
}

/** How much of a target was reached, and how much more is to be expected. */
export function TargetBar({ figures }: { figures: Figures }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const bar = barOf(figures);
  const percent = (value: number | null) =>
    value === null ? "—" : formats.number(value / 100, { style: "percent", maximumFractionDigits: 1 });
  if (!bar) return <span className="gx-muted">—</span>;
  const texts = { reached: percent(figures.percent), expected: percent(figures.expectedPercent) };
  return (
    <div className="gx-target-attained">
      <span className="gx-target-percent">{texts.reached}</span>
      <svg
        className="gx-target-bar"
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
        role="img"
        aria-label={t("targets.bar", texts)}
      >
        <title>{t("targets.bar", texts)}</title>
        <rect className="gx-target-track" width="100" height="8" />
        <rect className="gx-target-expected" width={bar.expected} height="8" />
        <rect className="gx-target-won" width={bar.won} height="8" />
      </svg>
      {figures.expected !== figures.won ? <small>{t("targets.expected", texts)}</small> : null}
    </div>
  );
}

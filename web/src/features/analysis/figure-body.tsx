import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/ui/error-text";
import { Chart, type DrawChart } from "./chart";
import type { Figure } from "./figure";
import { FigureTable } from "./figure-table";

export interface FigureState {
  loading: boolean;
  stale: boolean;
  /** There was more than one answer holds: the figures are of a part of it. */
  truncated: boolean;
  error: unknown;
  onRetry: () => void;
}

export interface FigureChart {
  draw: DrawChart;
  height: number;
  /** The columns its series are made of, in their order. */
  series: string[];
}

interface FigureBodyProps {
  figure: Figure | null;
  state: FigureState;
  chart: FigureChart | null;
  table: "open" | "folded" | "none";
  /** Chart and table side by side where there is room. */
  beside?: boolean;
  /** Said above the chart. */
  label?: string;
}

/** A chart and the table of its numbers, or what is said instead of them. */
export function FigureBody({ figure, state, chart, table, beside, label }: FigureBodyProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const pick = (row: number, series: number) => {
    const column = chart?.series[series] ?? chart?.series[0] ?? "";
    const open = figure?.rows[row]?.cells[column]?.open;
    if (!open) return;
    void navigate({ to: "/o/$object", params: { object: open.object }, search: { view: "all", filter: open.filter } });
  };
  if (state.loading) {
    return (
      <div className="gx-analysis-bones" role="status" aria-label={t("common.loading")}>
        <div className="gx-bone" />
        <div className="gx-bone" />
        <div className="gx-bone" />
        <div className="gx-bone" />
      </div>
    );
  }
  if (!figure) {
    return (
      <p className="gx-analysis-none" role="alert">
        {errorText(state.error)}{" "}
        <Button type="link" size="small" onClick={state.onRetry}>
          {t("common.retry")}
        </Button>
      </p>
    );
  }
  if (figure.rows.length === 0) return <p className="gx-analysis-none">{t("analysis.nothing")}</p>;
  return (
    <div className="gx-analysis-body" data-beside={(beside && chart && table === "open") || undefined}>
      {label ? <p className="gx-analysis-help">{label}</p> : null}
      {chart ? (
        <Chart
          label={t("analysis.chartOf", { title: figure.title })}
          height={chart.height}
          draw={chart.draw}
          onPick={pick}
        />
      ) : null}
      {table === "folded" ? (
        <details className="gx-analysis-fold">
          <summary>{t("analysis.table")}</summary>
          <FigureTable figure={figure} />
        </details>
      ) : null}
      {table === "open" ? <FigureTable figure={figure} /> : null}
    </div>
  );
}

import { DownloadOutlined, TableOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Tooltip } from "antd";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { usePreference } from "@/engine/session";
import { useErrorText } from "@/ui/error-text";
import { Chart, type DrawChart } from "./chart";
import { saveCsv } from "./csv";
import type { Figure } from "./figure";
import { FigureTable } from "./figure-table";

export interface FigureState {
  loading: boolean;
  stale: boolean;
  error: unknown;
  onRetry: () => void;
}

interface FigureCardProps {
  name: string;
  title: string;
  /** How the numbers are made. */
  help: string;
  figure: Figure | null;
  state: FigureState;
  chart?: { draw: DrawChart; height: number; series: string[] } | null;
  /** Choices of this card alone. */
  tools?: ReactNode;
  note?: ReactNode;
  wide?: boolean;
}

/** One question: a chart, the same numbers as a table, the file of the table. */
export function FigureCard(props: FigureCardProps) {
  const { name, title, help, figure, state, chart, tools, note, wide } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const heading = useId();
  const [tableShown, setTableShown] = usePreference<boolean>(`analysis.${name}.table`, true);
  const pick = (row: number, series: number) => {
    const column = chart?.series[series] ?? chart?.series[0] ?? "";
    const open = figure?.rows[row]?.cells[column]?.open;
    if (!open) return;
    void navigate({ to: "/o/$object", params: { object: open.object }, search: { view: "all", filter: open.filter } });
  };
  const body = () => {
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
      <div className="gx-analysis-body" data-beside={(wide && chart && tableShown) || undefined}>
        {chart ? (
          <Chart
            label={t("analysis.chartOf", { title: figure.title })}
            height={chart.height}
            draw={chart.draw}
            onPick={pick}
          />
        ) : null}
        {tableShown || !chart ? <FigureTable figure={figure} /> : null}
      </div>
    );
  };
  const can = figure !== null && figure.rows.length > 0 && !state.loading;
  return (
    <section
      className="gx-analysis-card"
      data-wide={wide || undefined}
      data-stale={state.stale || undefined}
      aria-labelledby={heading}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <span className="gx-analysis-tools">
          {chart ? (
            <Tooltip title={tableShown ? t("analysis.hideTable") : t("analysis.showTable")}>
              <Button
                type="text"
                size="small"
                icon={<TableOutlined />}
                aria-pressed={tableShown}
                aria-label={`${t("analysis.showTable")}: ${title}`}
                onClick={() => setTableShown(!tableShown)}
              />
            </Tooltip>
          ) : null}
          <Tooltip title={t("analysis.csv")}>
            <Button
              type="text"
              size="small"
              icon={<DownloadOutlined />}
              disabled={!can}
              aria-label={`${t("analysis.csv")}: ${title}`}
              onClick={() => figure && saveCsv(figure, figure.title)}
            />
          </Tooltip>
        </span>
      </header>
      <p className="gx-analysis-help">{help}</p>
      {tools ? <div className="gx-analysis-choices">{tools}</div> : null}
      {body()}
      {note ? <p className="gx-analysis-help">{note}</p> : null}
    </section>
  );
}

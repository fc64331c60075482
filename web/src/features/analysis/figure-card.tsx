import { DownloadOutlined, TableOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { type ReactNode, useContext, useId } from "react";
import { useTranslation } from "react-i18next";
import { usePreference } from "@/engine/session";
import { saveCsv } from "./csv";
import type { Figure } from "./figure";
import { FigureBody, type FigureChart, type FigureState } from "./figure-body";
import { type FigureFrame, FigureFrameContext } from "./figure-frame";
import { isFigure } from "./figures";
import { PinButton } from "./pin-button";

interface FigureCardProps {
  name: string;
  title: string;
  /** How the numbers are made. */
  help: string;
  figure: Figure | null;
  state: FigureState;
  chart?: FigureChart | null;
  /** Choices of this card alone. */
  tools?: ReactNode;
  note?: ReactNode;
  wide?: boolean;
  /** The table is too wide to stand beside the chart. */
  stacked?: boolean;
}

/** One question, as it is drawn where it stands: on a page of the analysis, or small on the home page. */
export function FigureCard(props: FigureCardProps) {
  const frame = useContext(FigureFrameContext);
  return frame ? <SmallCard {...props} frame={frame} /> : <WholeCard {...props} />;
}

/** The chart, its table folded below it; how it is cut is said in words and chosen on the page it is of. */
function SmallCard({ title, figure, state, chart, note, frame }: FigureCardProps & { frame: FigureFrame }) {
  const cut = figure && figure.title !== title && figure.title !== frame.title ? figure.title : null;
  const label = [frame.time, cut].filter(Boolean).join(" · ");
  return (
    <frame.Frame title={frame.title} link={frame.link}>
      <div className="gx-analysis-small" data-stale={state.stale || undefined}>
        <FigureBody
          figure={figure}
          state={state}
          chart={chart ?? null}
          table={chart ? "folded" : "open"}
          {...(label ? { label } : {})}
        />
        <Remarks state={state} note={note} />
      </div>
    </frame.Frame>
  );
}

/** The chart, the same numbers as a table, the file of the table. */
function WholeCard(props: FigureCardProps) {
  const { name, title, help, figure, state, chart, tools, note, wide, stacked } = props;
  const { t } = useTranslation();
  const heading = useId();
  const [tableShown, setTableShown] = usePreference<boolean>(`analysis.${name}.table`, true);
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
          {isFigure(name) ? <PinButton name={name} title={title} /> : null}
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
      <FigureBody
        figure={figure}
        state={state}
        chart={chart ?? null}
        table={tableShown || !chart ? "open" : "none"}
        beside={wide === true && !stacked}
      />
      <Remarks state={state} note={note} />
    </section>
  );
}

function Remarks({ state, note }: Pick<FigureCardProps, "state" | "note">) {
  const { t } = useTranslation();
  return (
    <>
      {state.truncated ? (
        <p className="gx-analysis-part" role="note">
          {t("analysis.truncated")}
        </p>
      ) : null}
      {note ? <p className="gx-analysis-help">{note}</p> : null}
    </>
  );
}

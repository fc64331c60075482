import { Segmented, Skeleton } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { QualityTrend } from "@/api/quality";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { trendShape } from "./model";
import { useTrend } from "./use-quality";

const PERIODS = [30, 90, 365];
const WIDTH = 640;
const HEIGHT = 150;

/** How the score went, day by day. */
export function TrendCard({ object }: { object: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const errorText = useErrorText();
  const [days, setDays] = useState(90);
  const trend = useTrend(object, days);
  return (
    <section className="gx-quality-card" aria-labelledby="gx-quality-trend">
      <header>
        <h2 id="gx-quality-trend">{t("quality.trend")}</h2>
        <Segmented<number>
          value={days}
          onChange={setDays}
          options={PERIODS.map((n) => ({ value: n, label: t("quality.days", { n: formats.number(n) }) }))}
          aria-label={t("quality.trend")}
        />
      </header>
      {trend.isPending ? (
        <Skeleton active title={false} paragraph={{ rows: 4 }} />
      ) : !trend.data ? (
        <p role="alert">{errorText(trend.error)}</p>
      ) : trend.data.points.length === 0 ? (
        <p className="gx-muted">{t("quality.noTrend")}</p>
      ) : (
        <Line trend={trend.data} />
      )}
      {trend.data?.partial ? <p className="gx-muted">{t("quality.partial")}</p> : null}
    </section>
  );
}

function Line({ trend }: { trend: QualityTrend }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { points } = trend;
  const shape = useMemo(() => trendShape(points, WIDTH, HEIGHT), [points]);
  const scored = points.filter(({ score }) => score !== null);
  const [first, last] = [scored[0], scored.at(-1)];
  const score = (value: number | null | undefined) =>
    value === null || value === undefined ? "—" : formats.number(value, { maximumFractionDigits: 1 });
  const change = first && last ? (last.score ?? 0) - (first.score ?? 0) : 0;
  const said =
    first && last
      ? t("quality.trendSaid", {
          from: score(first.score),
          to: score(last.score),
          start: formats.date(first.day),
          end: formats.date(last.day),
        })
      : t("quality.noTrend");
  return (
    <>
      <div className="gx-quality-line">
        <span aria-hidden className="gx-numeric">
          <span>{shape.high}</span>
          <span>{shape.low}</span>
        </span>
        <svg viewBox={`-4 -6 ${WIDTH + 8} ${HEIGHT + 12}`} preserveAspectRatio="none" role="img" aria-label={said}>
          <line x1="0" x2={WIDTH} y1="0" y2="0" />
          <line x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
          <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
          {shape.lines.map((line) => (
            <path key={line} d={line} vectorEffect="non-scaling-stroke" />
          ))}
        </svg>
      </div>
      <p className="gx-quality-span gx-numeric" aria-hidden>
        <span>{points[0] ? formats.date(points[0].day) : ""}</span>
        <span>{points.at(-1) ? formats.date(points.at(-1)?.day ?? "") : ""}</span>
      </p>
      <p>
        {said}
        {change !== 0 ? (
          <b className="gx-quality-change" data-up={change > 0 || undefined}>
            {" "}
            {formats.number(change, { maximumFractionDigits: 1, signDisplay: "always" })}
          </b>
        ) : null}
      </p>
      <details className="gx-quality-table">
        <summary>{t("quality.numbers")}</summary>
        <table className="gx-table">
          <caption className="gx-visually-hidden">{t("quality.trend")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("quality.day")}</th>
              <th scope="col" data-align="end">
                {t("quality.score")}
              </th>
              <th scope="col" data-align="end">
                {t("quality.recordsHead")}
              </th>
              {(["incomplete", "wrong", "stale"] as const).map((kind) => (
                <th key={kind} scope="col" data-align="end">
                  {t(`quality.tabs.${kind}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.toReversed().map((point) => (
              <tr key={point.day} className="gx-numeric">
                <th scope="row">{formats.date(point.day)}</th>
                <td data-align="end">{score(point.score)}</td>
                <td data-align="end">{formats.number(point.records)}</td>
                <td data-align="end">{formats.number(point.incomplete)}</td>
                <td data-align="end">{formats.number(point.wrong)}</td>
                <td data-align="end">{formats.number(point.stale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

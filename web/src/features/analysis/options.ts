import type { ChartColors, DrawChart } from "./chart";
import type { Figure } from "./figure";

/** A column of the figure as a series of its chart. */
export interface Series {
  column: string;
  /** A named colour of the metadata, or the accent. */
  color?: string;
  kind?: "bar" | "line";
  /** Series of one stack lie on each other. */
  stack?: string;
  /** Drawn against the scale at the other side. */
  second?: boolean;
}

/** More categories than these are left to the table. */
const MOST_BARS = 15;

function tooltip(figure: Figure, colors: ChartColors, trigger: "axis" | "item") {
  const rowText = (index: number, series: number[]) => {
    const row = figure.rows[index];
    if (!row) return "";
    const [name, ...rest] = figure.columns;
    const shown = series.length > 0 ? rest.filter((_, at) => series.includes(at)) : rest;
    const lines = shown.map((column) => `${column.title}  ${row.cells[column.key]?.text || "—"}`);
    return [row.cells[name?.key ?? ""]?.text ?? "", ...lines].join("\n");
  };
  return {
    trigger,
    // Drawn as a picture's text: names of records are never read as HTML.
    renderMode: "richText" as const,
    backgroundColor: colors.surface,
    borderColor: colors.line,
    textStyle: { color: colors.text, fontSize: 12 },
    confine: true,
    axisPointer: { type: "shadow" as const, z: 0, shadowStyle: { color: colors.hover, opacity: 0.7 } },
    formatter: (params: unknown) => {
      const first = (Array.isArray(params) ? params[0] : params) as { dataIndex?: number } | undefined;
      return rowText(first?.dataIndex ?? -1, []);
    },
  };
}

const shorten = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const numbers = (value: number, locale: string) =>
  new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value);

function seriesOf(figure: Figure, series: Series[], colors: ChartColors, rows: Figure["rows"], lying: boolean) {
  return series.map((one) => ({
    type: one.kind ?? "bar",
    name: figure.columns.find((column) => column.key === one.column)?.title ?? "",
    data: rows.map((row) => row.cells[one.column]?.value ?? null),
    barMaxWidth: 22,
    cursor: "pointer",
    itemStyle: { color: one.color ? colors.of(one.color) : colors.accent, borderRadius: one.stack ? 0 : 2 },
    ...(one.kind === "line" ? { symbolSize: 7, lineStyle: { width: 2 }, connectNulls: true } : {}),
    ...(one.stack ? { stack: one.stack } : {}),
    ...(one.second ? (lying ? { xAxisIndex: 1 } : { yAxisIndex: 1 }) : {}),
  }));
}

interface BarOptions {
  /** Bars lie, for names that need room. */
  lying?: boolean;
  locale: string;
  /** How the scales are written where they are no plain numbers. */
  scale?: (value: number) => string;
  secondScale?: (value: number) => string;
}

/** How many lines the names of the series take: Chinese signs are about as wide as high, others half of it. */
function legendLines(names: string[], width: number): number {
  const wide = (name: string) => [...name].reduce((sum, sign) => sum + (sign > "\u2e7f" ? 12 : 6.5), 27);
  let [lines, used] = [1, 0];
  for (const name of names) {
    if (used > 0 && used + wide(name) > width) [lines, used] = [lines + 1, 0];
    used += wide(name);
  }
  return lines;
}

/** Bars, lines or both over the rows of a figure. */
export function barsOf(figure: Figure, series: Series[], options: BarOptions): DrawChart {
  return (colors, width) => {
    const lying = options.lying === true;
    const rows = lying ? figure.rows.slice(0, MOST_BARS) : figure.rows;
    const name = figure.columns[0]?.key ?? "";
    const names = rows.map((row) => row.cells[name]?.text ?? "");
    const category = {
      type: "category" as const,
      data: names,
      inverse: lying,
      axisLine: { lineStyle: { color: colors.line } },
      axisTick: { show: false },
      axisLabel: {
        color: colors.muted,
        fontSize: 12,
        hideOverlap: true,
        ...(lying ? { formatter: (text: string) => shorten(text, 9) } : {}),
      },
    };
    const value = (scale: ((value: number) => string) | undefined) => ({
      type: "value" as const,
      splitLine: { lineStyle: { color: colors.line, type: "dashed" as const } },
      axisLabel: {
        color: colors.muted,
        fontSize: 12,
        hideOverlap: true,
        formatter: scale ?? ((at: number) => numbers(at, options.locale)),
      },
      minInterval: scale ? 0 : 1,
    });
    const second = series.some((one) => one.second)
      ? [{ ...value(options.secondScale), splitLine: { show: false } }]
      : [];
    const values = [value(options.scale), ...second];
    const legend = series.length > 1;
    const titles = series.map((one) => figure.columns.find((column) => column.key === one.column)?.title ?? "");
    return {
      grid: {
        left: 8,
        right: 16,
        top: legend ? 14 + 20 * legendLines(titles, width) : 12,
        bottom: 4,
        containLabel: true,
      },
      ...(legend
        ? {
            legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: colors.muted, fontSize: 12 } },
          }
        : {}),
      tooltip: tooltip(figure, colors, "axis"),
      xAxis: lying ? values : [category],
      yAxis: lying ? [category] : values,
      series: seriesOf(figure, series, colors, rows, lying),
    };
  };
}

/** How tall bars that lie need their chart to be. */
export const lyingHeight = (rows: number) => 48 + Math.min(rows, MOST_BARS) * 30;

/** Below so many pixels a funnel leaves more room to its names. */
const NARROW = 420;

/** The steps of a funnel, widest first; each is named beside itself, where every colour leaves it readable. */
export function funnelChart(figure: Figure, colorsOf: (string | null)[]): DrawChart {
  return (colors, width) => ({
    tooltip: tooltip(figure, colors, "item"),
    series: [
      {
        type: "funnel",
        sort: "none",
        left: 8,
        top: 6,
        bottom: 6,
        width: width < NARROW ? "40%" : "58%",
        minSize: "0%",
        gap: 3,
        cursor: "pointer",
        label: { position: "right", color: colors.text, fontSize: 12 },
        labelLine: { length: width < NARROW ? 6 : 14, lineStyle: { color: colors.line } },
        itemStyle: { borderWidth: 0 },
        data: figure.rows.map((row, index) => {
          const name = row.cells[figure.columns[0]?.key ?? ""]?.text ?? "";
          const reached = row.cells.reached?.text ?? "";
          const all = width < NARROW ? "" : row.cells.ofAll?.text;
          return {
            name: all ? `${name}  ${reached} · ${all}` : `${name}  ${reached}`,
            value: row.cells.reached?.value ?? 0,
            itemStyle: { color: colors.of(colorsOf[index]) },
          };
        }),
      },
    ],
  });
}

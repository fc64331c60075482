import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppearance } from "@/ui/appearance";
import { loadPart } from "@/ui/lazy-part";
import { type ColorScheme, solidColor } from "@/ui/theme";

/** The colours of a chart in the appearance in use. */
export interface ChartColors {
  text: string;
  muted: string;
  line: string;
  surface: string;
  hover: string;
  accent: string;
  /** A named colour of the metadata. */
  of: (name: string | null | undefined) => string;
}

function readColors(scheme: ColorScheme): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: variable("--gx-text"),
    muted: variable("--gx-text-secondary"),
    line: variable("--gx-border"),
    surface: variable("--gx-raised"),
    hover: variable("--gx-selected"),
    accent: variable("--gx-accent"),
    of: (name) => {
      const color = solidColor(name, scheme);
      if (color.startsWith("var(")) return variable(color.slice(4, -1));
      // ECharts reads colours of older style sheets only, with commas between the parts.
      return color.replace(/^hsl\(([\d.]+) ([\d.]+%) ([\d.]+%)\)$/, "hsl($1, $2, $3)");
    },
  };
}

/** Makes the chart for so many pixels of width. */
export type DrawChart = (colors: ChartColors, width: number) => EChartsCoreOption;

interface ChartProps {
  /** What it shows, for who cannot see it; the numbers are in the table beside it. */
  label: string;
  height: number;
  draw: DrawChart;
  /** A mark was pressed: the row and the series it stands for. */
  onPick: (row: number, series: number) => void;
}

/** A chart of ECharts. It is drawn anew when the numbers, the appearance or the width change. */
export function Chart({ label, height, draw, onPick }: ChartProps) {
  const { t } = useTranslation();
  const { scheme } = useAppearance();
  const box = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<EChartsType | null>(null);
  const [width, setWidth] = useState(0);
  const [failed, setFailed] = useState(false);
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let made: EChartsType | null = null;
    let gone = false;
    const resize = new ResizeObserver(() => {
      made?.resize();
      setWidth(element.clientWidth);
    });
    loadPart(() => import("./echarts")).then(
      ({ init }) => {
        if (gone) return;
        made = init(element, null, { renderer: "svg" });
        made.on("click", ({ dataIndex, seriesIndex }) => pick.current(Number(dataIndex), Number(seriesIndex ?? 0)));
        resize.observe(element);
        setChart(made);
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      resize.disconnect();
      made?.dispose();
      setChart(null);
    };
  }, []);
  useEffect(() => {
    if (!chart || width === 0) return;
    // The colours of the page change in an effect of its own root, which comes after this one.
    const frame = requestAnimationFrame(() => {
      const textStyle = { fontFamily: getComputedStyle(chart.getDom()).fontFamily };
      chart.setOption({ animation: false, textStyle, ...draw(readColors(scheme), width) }, { notMerge: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [chart, draw, scheme, width]);
  if (failed) return <p className="gx-analysis-none">{t("analysis.noChart")}</p>;
  return <div ref={box} className="gx-analysis-chart" role="img" aria-label={label} style={{ height }} />;
}

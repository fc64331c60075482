import { theme as antdTheme, type ThemeConfig } from "antd";

/**
 * The one place with colour values. `palette` feeds both Ant Design and the CSS variables (`--gx-*`) that our own
 * style sheet uses, so a colour is never written twice. Text pairs keep WCAG AA (4.5:1) in both variants.
 */
interface Palette {
  accent: string;
  accentSoft: string;
  text: string;
  textSecondary: string;
  textFaint: string;
  page: string;
  surface: string;
  raised: string;
  sunken: string;
  border: string;
  borderSoft: string;
  /** The outline of what is ticked and chosen: nothing else shows that it is there, so it keeps 3:1. */
  control: string;
  hover: string;
  selected: string;
  danger: string;
  warning: string;
  success: string;
  warningSoft: string;
  shadow: string;
  /** Carets of others in a text; their names stand on it in the colour of the surface. */
  caret0: string;
  caret1: string;
  caret2: string;
  caret3: string;
  caret4: string;
  caret5: string;
}

const light: Palette = {
  accent: "#0a736e",
  accentSoft: "#e3f2f0",
  text: "#1c2524",
  textSecondary: "#55625f",
  textFaint: "#626f6c",
  page: "#f6f7f6",
  surface: "#ffffff",
  raised: "#ffffff",
  sunken: "#f1f3f2",
  border: "#dde2e0",
  borderSoft: "#ebeeed",
  control: "#87938f",
  hover: "#f4f7f6",
  selected: "#eaf5f3",
  danger: "#c0362c",
  warning: "#96600a",
  success: "#2a7d3f",
  warningSoft: "#fdf4e3",
  shadow: "0 6px 24px rgb(16 40 38 / 10%)",
  caret0: "#1d5fbf",
  caret1: "#a8325e",
  caret2: "#7a3fb0",
  caret3: "#8a5200",
  caret4: "#2a6b33",
  caret5: "#b03a1e",
};

const dark: Palette = {
  accent: "#4cc0b6",
  accentSoft: "#17322f",
  text: "#e6ebe9",
  textSecondary: "#a7b3b0",
  textFaint: "#8b9794",
  page: "#101414",
  surface: "#171c1c",
  raised: "#222929",
  sunken: "#121717",
  border: "#2f3838",
  borderSoft: "#242b2b",
  control: "#6b7774",
  hover: "#1e2525",
  selected: "#1a2f2d",
  danger: "#f08a80",
  warning: "#e3b25c",
  success: "#74c389",
  warningSoft: "#2d2615",
  shadow: "0 6px 28px rgb(0 0 0 / 50%)",
  caret0: "#7fb2f5",
  caret1: "#f08fb3",
  caret2: "#c5a0f0",
  caret3: "#e3b25c",
  caret4: "#86cf8f",
  caret5: "#f29a80",
};

export type ColorScheme = "light" | "dark";
const palettes: Record<ColorScheme, Palette> = { light, dark };

const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';

export function antdThemeConfig(scheme: ColorScheme, compact: boolean): ThemeConfig {
  const colors = palettes[scheme];
  return {
    cssVar: { key: "gx-theme" },
    hashed: false,
    algorithm: scheme === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: colors.accent,
      colorPrimaryBg: colors.accentSoft,
      colorPrimaryBgHover: colors.accentSoft,
      controlItemBgActive: colors.accentSoft,
      controlItemBgActiveHover: colors.accentSoft,
      controlItemBgHover: colors.hover,
      colorInfo: colors.accent,
      colorLink: colors.accent,
      colorError: colors.danger,
      colorWarning: colors.warning,
      colorSuccess: colors.success,
      colorInfoBg: colors.accentSoft,
      colorInfoBorder: colors.accentSoft,
      colorWarningBg: colors.warningSoft,
      colorWarningBorder: colors.warningSoft,
      colorTextBase: colors.text,
      colorBgBase: colors.surface,
      colorBgLayout: colors.page,
      colorBgContainer: colors.surface,
      colorBgElevated: colors.raised,
      colorBorder: colors.border,
      colorBorderSecondary: colors.borderSoft,
      colorText: colors.text,
      colorTextSecondary: colors.textSecondary,
      colorTextTertiary: colors.textFaint,
      colorTextDescription: colors.textSecondary,
      colorTextPlaceholder: colors.textFaint,
      colorTextLightSolid: scheme === "dark" ? "#0c1211" : "#ffffff",
      fontFamily: FONT,
      fontSize: 14,
      borderRadius: 6,
      controlHeight: compact ? 28 : 32,
      wireframe: false,
      motionDurationMid: "0.14s",
      motionDurationSlow: "0.2s",
    },
    components: {
      Menu: {
        itemHeight: 34,
        itemBorderRadius: 6,
        itemMarginInline: 8,
        activeBarBorderWidth: 0,
        itemBg: "transparent",
      },
      Tooltip: { colorBgSpotlight: scheme === "dark" ? "#39443f" : "#25302e", colorTextLightSolid: "#ffffff" },
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      Tag: { defaultBg: colors.sunken },
      Checkbox: { colorBorder: colors.control },
      Radio: { colorBorder: colors.control },
    },
  };
}

/** Writes the palette on the root element as `--gx-*`, through CSSOM, which a strict style policy allows. */
export function applyThemeVariables(scheme: ColorScheme, compact: boolean): void {
  const root = document.documentElement;
  for (const [name, value] of Object.entries(palettes[scheme])) {
    root.style.setProperty(`--gx-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
  root.style.setProperty("--gx-row-height", compact ? "32px" : "40px");
  root.style.colorScheme = scheme;
  root.dataset.theme = scheme;
}

/** Named colours of the metadata (select options, objects), as a readable pair for tags. */
const HUES: Record<string, number> = {
  red: 8,
  volcano: 18,
  orange: 30,
  gold: 42,
  yellow: 50,
  lime: 80,
  green: 140,
  teal: 172,
  cyan: 190,
  blue: 214,
  geekblue: 228,
  indigo: 240,
  purple: 268,
  violet: 268,
  magenta: 325,
  pink: 335,
};

/** A soft background and a text on it with at least 4.5:1, for a named colour; null gives the neutral pair. */
export function tagColors(
  color: string | null | undefined,
  scheme: ColorScheme,
): { background: string; color: string } {
  const hue = color ? HUES[color] : undefined;
  if (hue === undefined) {
    return { background: "var(--gx-sunken)", color: "var(--gx-text-secondary)" };
  }
  return scheme === "dark"
    ? { background: `hsl(${hue} 38% 18%)`, color: `hsl(${hue} 62% 76%)` }
    : { background: `hsl(${hue} 72% 94%)`, color: `hsl(${hue} 70% 26%)` };
}

/** A full colour for bars and dots, which carry no text: 3:1 against the surface in both variants. */
export function solidColor(color: string | null | undefined, scheme: ColorScheme): string {
  const hue = color ? HUES[color] : undefined;
  if (hue === undefined) return "var(--gx-text-faint)";
  return scheme === "dark" ? `hsl(${hue} 48% 58%)` : `hsl(${hue} 58% 44%)`;
}

/** The names a definition may use, in the order of the rainbow; also what the settings offer. */
export const colorNames: string[] = ["gray", ...Object.keys(HUES).filter((name) => name !== "violet")];

/** Codes to be scanned are dark on light in every appearance: many scanners read no others. */
export const scannableColors = { color: "#000000", bgColor: "#ffffff" } as const;

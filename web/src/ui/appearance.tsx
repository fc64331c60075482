import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Density, ThemeChoice } from "@/api/types";
import { applyThemeVariables, type ColorScheme } from "./theme";

const THEME = "guanxi.theme";
const DENSITY = "guanxi.density";

interface Appearance {
  theme: ThemeChoice;
  density: Density;
  /** What `theme` comes to, the system's choice resolved. */
  scheme: ColorScheme;
  setTheme(theme: ThemeChoice): void;
  setDensity(density: Density): void;
}

const AppearanceContext = createContext<Appearance | null>(null);

function storedTheme(): ThemeChoice {
  const stored = localStorage.getItem(THEME);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Remembers the choice in the browser too, so that the sign-in page already looks right. */
export function AppearanceProvider({ children }: { children: ReactNode }) {
  const [theme, setTheme] = useState<ThemeChoice>(storedTheme);
  const [density, setDensity] = useState<Density>(
    localStorage.getItem(DENSITY) === "compact" ? "compact" : "comfortable",
  );
  const [systemDark, setSystemDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const listen = () => setSystemDark(query.matches);
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, []);
  const scheme: ColorScheme = theme === "system" ? (systemDark ? "dark" : "light") : theme;
  useEffect(() => {
    localStorage.setItem(THEME, theme);
    localStorage.setItem(DENSITY, density);
    applyThemeVariables(scheme, density === "compact");
  }, [theme, density, scheme]);
  const value = useMemo(() => ({ theme, density, scheme, setTheme, setDensity }), [theme, density, scheme]);
  return <AppearanceContext value={value}>{children}</AppearanceContext>;
}

export function useAppearance(): Appearance {
  const value = useContext(AppearanceContext);
  if (!value) throw new Error("useAppearance outside AppearanceProvider");
  return value;
}

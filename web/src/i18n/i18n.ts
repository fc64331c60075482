import type { Locale as DesignLocale } from "antd/es/locale";
import dayjs from "dayjs";
import i18next from "i18next";
import { useCallback } from "react";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Label, Locale } from "@/api/types";

const STORED = "guanxi.locale";

/** The language to start with: the last one used here, else what the browser asks for, Chinese first. */
export function initialLocale(): Locale {
  const stored = localStorage.getItem(STORED);
  if (stored === "zh-CN" || stored === "en") return stored;
  return navigator.language.toLowerCase().startsWith("zh") || !navigator.language ? "zh-CN" : "en";
}

let chineseDesign: DesignLocale | undefined;

/** The texts of Ant Design itself; it has the English ones built in. */
export function designLocale(locale: Locale): DesignLocale | undefined {
  return locale === "en" ? undefined : chineseDesign;
}

async function loadTexts(locale: Locale): Promise<object> {
  if (locale === "en") return (await import("./en")).en;
  const [texts, design] = await Promise.all([
    import("./zh-CN"),
    import("antd/locale/zh_CN"),
    import("dayjs/locale/zh-cn"),
  ]);
  chineseDesign = design.default;
  return texts.zhCN;
}

let lateWanted = false;

async function addLateTexts(locale: Locale): Promise<void> {
  if (i18next.getResource(locale, "translation", "settings.name") !== undefined) return;
  const texts = locale === "en" ? (await import("./en-late")).lateEn : (await import("./zh-CN-late")).lateZhCN;
  i18next.addResourceBundle(locale, "translation", texts, true, true);
}

/** The texts of the settings and the import: awaited by their routes, so that first screens need not carry them. */
export async function activateLateTexts(): Promise<void> {
  lateWanted = true;
  await addLateTexts(i18next.language === "en" ? "en" : "zh-CN");
}

/** A name as it stands inside an English sentence: `account`, but `VIP card`. Texts ask for it as `{{name, inside}}`. */
export function insideSentence(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** Loads the texts of a language and makes it the one in use, for the page's `lang` too. */
export async function activateLocale(locale: Locale): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: locale,
      fallbackLng: false,
      interpolation: { escapeValue: false },
      resources: { [locale]: { translation: await loadTexts(locale) } },
    });
    const { formatter } = i18next.services;
    formatter?.add("inside", (name) => insideSentence(String(name)));
    formatter?.add("plural", (n, _language, { one, other }) => (String(n) === "1" ? one : other));
  } else {
    if (!i18next.hasResourceBundle(locale, "translation")) {
      i18next.addResourceBundle(locale, "translation", await loadTexts(locale));
    }
    if (lateWanted) await addLateTexts(locale);
    await i18next.changeLanguage(locale);
  }
  dayjs.locale(locale === "en" ? "en" : "zh-cn");
  document.documentElement.lang = locale;
  localStorage.setItem(STORED, locale);
}

export function useLocale(): Locale {
  const { i18n } = useTranslation();
  return i18n.language === "en" ? "en" : "zh-CN";
}

export function pickLabel(label: Label | null | undefined, locale: Locale): string {
  if (!label) return "";
  return label[locale] || label["zh-CN"] || label.en || "";
}

/** Reads a label of the metadata in the language in use. */
export function useLabel(): (label: Label | null | undefined) => string {
  const locale = useLocale();
  return useCallback((label) => pickLabel(label, locale), [locale]);
}

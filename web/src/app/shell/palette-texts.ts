import i18next from "i18next";
import type { Locale } from "@/api/types";
import { search as en } from "@/i18n/en/search";
import { search as zhCN } from "@/i18n/zh-CN/search";

/** The palette's own texts come with it: whoever presses Ctrl-K must not wait for those of all the settings. */
export function addSearchTexts(locale: Locale): void {
  if (i18next.getResource(locale, "translation", "search.saved") !== undefined) return;
  i18next.addResourceBundle(locale, "translation", { search: locale === "en" ? en : zhCN }, true, true);
}

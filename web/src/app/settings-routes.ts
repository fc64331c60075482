import { createRoute } from "@tanstack/react-router";
import { activateLateTexts } from "@/i18n/i18n";
import { routePart } from "./route-part";
import { shell } from "./shell-route";

export const settingsFiles = createRoute({
  getParentRoute: () => shell,
  path: "/settings/files",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/files-page"), "SettingsFilesPage"),
});

export const settingsSms = createRoute({
  getParentRoute: () => shell,
  path: "/settings/sms",
  loader: activateLateTexts,
  component: routePart(() => import("@/features/settings/sms-page"), "SettingsSmsPage"),
});

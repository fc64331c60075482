import "i18next";
import type { zhCN } from "./zh-CN";
import type { lateZhCN } from "./zh-CN-late";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof zhCN & typeof lateZhCN };
  }
}

import "i18next";
import type { zhCN } from "./zh-CN";
import type { search } from "./zh-CN/search";
import type { lateZhCN } from "./zh-CN-late";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof zhCN & typeof lateZhCN & { search: typeof search } };
  }
}

import { imports } from "./en/imports";
import { settings } from "./en/settings";
import type { Shape } from "./shape";
import type { lateZhCN } from "./zh-CN-late";

export const lateEn: Shape<typeof lateZhCN> = { imports, settings };

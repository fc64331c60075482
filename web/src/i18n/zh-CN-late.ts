import { imports } from "./zh-CN/imports";
import { settings } from "./zh-CN/settings";

/** Texts that only some screens need; their routes load them before they are drawn. */
export const lateZhCN = { imports, settings };

import type { Shape } from "../shape";
import type { list as zh } from "../zh-CN/list";

export const list: Shape<typeof zh> = {};

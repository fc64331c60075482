import type { Shape } from "../shape";
import type { filter as zh } from "../zh-CN/filter";

export const filter: Shape<typeof zh> = {};

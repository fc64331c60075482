import type { Shape } from "../shape";
import type { record as zh } from "../zh-CN/record";

export const record: Shape<typeof zh> = {};

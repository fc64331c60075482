import type { Shape } from "../shape";
import type { home as zh } from "../zh-CN/home";

export const home: Shape<typeof zh> = {};

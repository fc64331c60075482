import type { Shape } from "../shape";
import type { board as zh } from "../zh-CN/board";

export const board: Shape<typeof zh> = {};

import type { Shape } from "../shape";
import type { calendar as zh } from "../zh-CN/calendar";

export const calendar: Shape<typeof zh> = {};

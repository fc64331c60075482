import type { Shape } from "../shape";
import type { form as zh } from "../zh-CN/form";

export const form: Shape<typeof zh> = {};

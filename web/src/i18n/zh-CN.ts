import { calendar } from "./zh-CN/calendar";
import { common } from "./zh-CN/common";
import { errors } from "./zh-CN/errors";
import { fields } from "./zh-CN/fields";
import { filter } from "./zh-CN/filter";
import { form } from "./zh-CN/form";
import { home } from "./zh-CN/home";
import { list } from "./zh-CN/list";
import { record } from "./zh-CN/record";
import { shell } from "./zh-CN/shell";
import { signIn } from "./zh-CN/sign-in";

/**
 * The texts of the web app, one file per area; those of screens few people open come later (`zh-CN-late.ts`).
 * Chinese is the first language: its keys are the contract.
 */
export const zhCN = {
  calendar,
  common,
  errors,
  fields,
  filter,
  form,
  home,
  list,
  record,
  shell,
  signIn,
};

export type Translations = import("./shape").Shape<typeof zhCN>;

import { calendar } from "./en/calendar";
import { common } from "./en/common";
import { errors } from "./en/errors";
import { fields } from "./en/fields";
import { filter } from "./en/filter";
import { form } from "./en/form";
import { home } from "./en/home";
import { list } from "./en/list";
import { record } from "./en/record";
import { shell } from "./en/shell";
import { signIn } from "./en/sign-in";
import type { Translations } from "./zh-CN";

export const en: Translations = {
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

import type { Shape } from "../shape";
import type { fields as zh } from "../zh-CN/fields";

export const fields: Shape<typeof zh> = {
  empty: "—",
  yes: "Yes",
  no: "No",
  selectPlaceholder: "Select",
  referencePlaceholder: "Type a name, pinyin or phone",
  referenceEmpty: "No matching record",
  today: "Today",
  badNumber: "Please enter a number",
};

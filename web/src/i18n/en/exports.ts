import type { Shape } from "../shape";
import type { exports as zh } from "../zh-CN/exports";

export const exports: Shape<typeof zh> = {
  title: "My exports",
  text: "Files made in the background. They are yours alone and kept for seven days; your rights are checked again when you download.",
  none: "No exports in the background yet",
  noneText:
    "Where many records are exported, or many rows ticked, the file is made in the background and you are told when it is there.",
  making: "The file is being made",
  makingText: "Records written: {{done}} of {{total}}. Go on working: it is downloaded when it is there.",
  saved: "The export is done: {{n}} {{n, plural(one: record; other: records)}}. The download has begun.",
  failed: "The export did not come about",
  download: "Download",
  cancel: "Cancel",
  remove: "Delete the file",
  records: "{{n}} {{n, plural(one: record; other: records)}}",
  progress: "{{done}} of {{total}}",
  until: "until {{date}}",
  state: {
    waiting: "Waiting",
    running: "Being made",
    ready: "Ready",
    failed: "Failed",
    cancelled: "Cancelled",
    expired: "Expired",
  },
};

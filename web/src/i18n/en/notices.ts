import type { Shape } from "../shape";
import type { notices as chinese } from "../zh-CN/notices";

export const notices: Shape<typeof chinese> = {
  notOut: "This notice is not out yet",
  notOutText: "Once it is, those who confirmed it and those who did not are listed here.",
  reminded: "{{n}} reminded",
  allConfirmed: "Confirmed by all {{n}}",
  confirmedOf: "{{done}} of {{all}} have confirmed",
  remind: "Remind {{n}}",
  missing: "Not confirmed yet ({{n}})",
  andMore: "and {{n}} more",
};

import type { Shape } from "../shape";
import type { work as zh } from "../zh-CN/work";

export const work: Shape<typeof zh> = {
  title: "My work",
  subtitle: "Tasks, events, calls and visits, hand-overs: each in its place.",
  tasks: "Tasks",
  events: "Events",
  contacts: "Calls and visits",
  referrals: "Hand-overs",
  none: "Nothing to do here",
  noneText: "What comes shows by itself.",
  accept: "Accept",
  openList: "Open as a list",
  checklist: "Checklist {{done}}/{{total}}",
  waits: "Waits for {{count}}",
  from: "From {{name}}",
  handedBy: "Handed over by {{name}}",
  overdue: "Overdue",
  newTask: "New task",
};

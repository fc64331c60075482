import type { Shape } from "../shape";
import type { grants as zhGrants, handOver as zhHandOver } from "../zh-CN/members";

/** Roles for a time, and giving a member's records to another: for administrators. */
export const grants: Shape<typeof zhGrants> = {
  menu: "Roles for a time or a department…",
  title: "Roles of {{name}} for a time or a department",
  text: "Beside the roles a member always has: one for some time, or only for the records of a department, say to stand in for somebody. They end by themselves.",
  none: "There are none.",
  add: "Grant a role",
  remove: "Take the role back",
  removeTitle: "Take this role back?",
  removeText: "It ends at once, with everything it allows.",
  spans: { over: "Over", ahead: "Not yet", now: "In force" },
  within: "Only records of {{name}} and the departments below it",
  everywhere: "All records",
  from: "from {{when}}",
  until: "until {{when}}",
  and: ", ",
  open: "No time limit",
};

export const handOver: Shape<typeof zhHandOver> = {
  menu: "Hand records over…",
  title: "Hand over the records of {{name}}",
  text: "For who leaves or changes position: another member takes over this member's records, direct reports, and places in departments and teams. Histories and activities keep who was there; each kind can be taken back.",
  successor: "Successor",
  self: "Choose another member: these records are this member's already.",
  nothing: "This member owns no records, and has no reports, department or team.",
  run: "Hand over {{n}} {{n, plural(one: item; other: items)}}",
  running: "Handing over {{object, inside}}, {{n}} done…",
  done: "{{object}}: {{n}} handed over",
  failed: "{{n}} could not be handed over: {{reason}}",
  undone: "Taken back",
  places: {
    reports: "Direct reports",
    deputies: "Members whose deputy this is",
    heads: "Departments headed",
    leads: "Teams led",
    teams: "Places in teams",
  },
};

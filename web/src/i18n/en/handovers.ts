import type { Shape } from "../shape";
import type { handovers as zh } from "../zh-CN/handovers";

export const handovers: Shape<typeof zh> = {
  title: "Hand-over analysis",
  subtitle:
    "What departments were handed and handed on: how much was accepted, how long it waited, how long until it was done.",
  noneText: "You may not see hand-overs yet.",
  byDepartment: "Hand-overs of departments",
  help: "By when they were offered. The bars are the average wait in hours. The wait is from the offer until it is accepted, done is from the offer until the end, in hours. Late are those not done yet and past their time.",
  sides: { to_department: "Receiving", from_department: "Giving" },
  columns: {
    name: "Department",
    offered: "Hand-overs",
    accepted: "Accepted",
    declined: "Declined",
    waiting: "Waiting",
    late: "Late",
    answer: "Average wait (h)",
    longest: "Longest wait (h)",
    whole: "Average until done (h)",
  },
  chain: "Handed over",
  someone: "Somebody",
  acceptedAfter: "accepted after {{span}}",
  doneAfter: "done in {{span}}",
  until: "until {{at}}",
};

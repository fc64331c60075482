import type { Shape } from "../shape";
import type { poolAnalysis as zh } from "../zh-CN/pool-analysis";

export const poolAnalysis: Shape<typeof zh> = {
  title: "Pool analysis",
  noneText: "You may not see what happens in pools.",
  object: "Leads or accounts",
  pool: "Pool",
  allPools: "All pools",
  tiles: {
    lying: "In pools now",
    lyingNote: "to be claimed or assigned",
    entered: "New",
    enteredNote: "without what came back",
    taken: "Taken",
    takenNote: "{{claimed}} claimed · {{assigned}} assigned",
    back: "Came back",
    backNote: "{{returned}} returned · {{recycled}} recycled",
  },
  success: {
    lead: {
      done: "Converted",
      rate: "Conversion",
      note: "{{n}} converted",
      help: "How many each took in this time and how many of them were converted; conversion is converted ÷ taken.",
    },
    account: {
      done: "Won",
      rate: "Won of taken",
      note: "{{n}} won",
      help: "How many each took in this time and how many of them were won; the rate is won ÷ taken.",
    },
  },
  flow: {
    title: "In and out",
    help: "What was new, what came back and what was taken, period by period.",
    time: "Time",
    entered: "New",
    back: "Came back",
    taken: "Taken",
  },
  claims: {
    title: "Claims and what came of them",
    name: "Member",
    taken: "Taken",
    back: "Came back",
  },
  back: {
    title: "Why they came back",
    help: "The reasons given for returning in this time; what rules took back is under the rule.",
    name: "Reason",
    returned: "Returned",
    recycled: "Recycled",
    part: "Part",
  },
  holdings: {
    title: "Held and idle",
    helpLead:
      "Leads of each that are neither converted nor disqualified, against the cap; idle: nothing happened for {{n}} or more days.",
    helpAccount:
      "Accounts of each that have not bought yet, against the cap; idle: nothing happened for {{n}} or more days.",
    helpAll: "All that each owns, against the cap; idle: nothing happened for {{n}} or more days.",
    name: "Member",
    holds: "Held",
    cap: "Cap",
    used: "Used",
    idle: "Idle {{n}}+ days",
    free: "No cap",
    choose: "Choose a pool to see its caps.",
    byRole: "There are caps by role as well, which are not shown here.",
  },
};

import type { Shape } from "../shape";
import type { runs as zh } from "../zh-CN/runs";

export const runs: Shape<typeof zh> = {
  title: "{{action}}: {{n}} {{n, plural(one: record; other: records)}}",
  ask: "“{{action}}” is run on {{n}} selected {{n, plural(one: record; other: records)}}, one by one. What is refused is told with its reason and does not stop the others.",
  unfit: "It does not seem to apply to {{n}} of them",
  fits: "applies to {{n}}",
  none: "No action applies to what is selected",
  tooMany: "At most {{n}} at once: select fewer",
  running: "{{done}} of {{n}}",
  waiting: "The server does not answer; trying again ({{done}} of {{n}})",
  stop: "Stop",
  continue: "Go on",
  allDone: "All {{n}} done",
  done: "{{n}} done",
  someDone: "{{done}} done, {{refused}} refused",
  left: "{{n}} not begun",
  leftStopped: "You stopped it. What was done stays.",
  leftUnanswered:
    "The server did not answer for a while. Go on when the network is back: what was done is not done again.",
  leftRefused: "Two in a row were refused for the same reason, so the rest was not tried. You can go on all the same.",
  reasons: "Why they were refused",
  reasonOf: "{{n}} {{n, plural(one: record; other: records)}}: {{reason}}",
  showAll: "Show all {{n}}",
  keptTicked: "What was not done and is still in the list stays selected.",
};

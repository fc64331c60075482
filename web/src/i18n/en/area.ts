import type { Shape } from "../shape";
import type { area as chinese } from "../zh-CN/area";

export const area: Shape<typeof chinese> = {
  text: "The lists and views of this area, and what waits for you in it.",
  unknown: "There is no such work centre",
  unknownText: "It may have another name by now, or nothing in it is open to you.",
  lists: "Lists and views: {{object}}",
  saved: "Saved view",
  way: "{{object}} · {{way}}",
  open: "Mine, not done yet",
  own: "Mine, last changed",
  latest: "Last changed",
  none: {
    open: "Nothing is left to do.",
    own: "No records are yours yet.",
    latest: "There are no records yet.",
  },
};

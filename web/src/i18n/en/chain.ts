import type { Shape } from "../shape";
import type { chain as zh } from "../zh-CN/chain";

export const chain: Shape<typeof zh> = {
  title: "Map of the decision chain",
  add: "Add somebody",
  empty: "No decision chain yet",
  emptyText: "Who decides, who has influence, who is for us? Add whom you know.",
  attitudes: "Attitudes",
  noDecider: "Nobody is known yet who decides or approves.",
  influence: "influence {{level, inside}}",
  listensTo: "reports to {{name}}",
  hidden: "(hidden)",
  look: "Look",
};

import type { Shape } from "../shape";
import type { space as chinese } from "../zh-CN/space";

export const space: Shape<typeof chinese> = {
  members: "Members",
  manage: "Add and manage members",
  owner: "Owner",
  ask: "To add somebody, ask {{names}}",
};

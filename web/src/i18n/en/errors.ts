import type { Shape } from "../shape";
import type { errors as zh } from "../zh-CN/errors";

export const errors: Shape<typeof zh> = {
  title: "Something went wrong",
  network: "The server cannot be reached. Check your connection and try again.",
  unavailable: "The server is not available right now. Please try again shortly.",
  bad_response: "The server answered with something we cannot read.",
  internal: "The server failed.",
  forbidden: "You are not allowed to do this.",
  not_found: "The record does not exist, or you may not see it.",
  part: "This part could not be loaded. Check your connection and try again; after an upgrade, trying again reloads the page.",
  requestId: "Request {{id}}",
  routeTitle: "This page failed",
  routeText: "Your data is not affected. Try again, or go to home.",
  conflictTitle: "Somebody changed it meanwhile",
  conflictText: "{{name}} has just changed {{field}} of this record.",
  conflictTextAnonymous: "Somebody has just changed {{field}} of this record.",
  conflictBefore: "Before",
  conflictTheirs: "Value now",
  conflictYours: "Your value",
  keepMine: "Overwrite with mine",
  keepTheirs: "Keep theirs",
};

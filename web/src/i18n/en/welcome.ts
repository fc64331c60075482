import type { Shape } from "../shape";
import type { welcome as zh } from "../zh-CN/welcome";

export const welcome: Shape<typeof zh> = {
  title: "Welcome, {{company}}",
  text: "There are no customers yet. Begin with any of these:",
  import: "Import customers",
  importText: "Excel or CSV; encoding and columns are recognised, and it can be undone.",
  create: "Add the first customer",
  createText: "A company or a person, by hand.",
  invite: "Add colleagues",
  inviteText: "Give them departments and roles.",
  shape: "Shape the fields",
  shapeText: "Add fields of your own, at once in use.",
};

import type { Shape } from "../shape";
import type { workspaces as zhCN } from "../zh-CN/workspaces";

export const workspaces: Shape<typeof zhCN> = {
  title: "Workspaces",
  text: "Separate companies on this server: for practice, exams or a subsidiary. Each has its own data, members and rights.",
  add: "New workspace",
  main: "Main",
  made: "Created {{date}}",
  address: "API address",
  none: "There is only the main workspace.",
  name: "Name",
  namePlaceholder: "Practice, autumn 2026",
  id: "Id",
  idHelp:
    "Stands in the address and cannot be changed. Begins with a lower-case letter; lower-case letters, digits and underscores.",
  idProblem: "Begin with a lower-case letter; lower-case letters, digits and underscores, at most 30",
  template: "Contents",
  empty: "Begin empty",
  copyOf: "Copy of “{{name}}”",
  templateHelp:
    "A copy has all records, members, rights and settings, but no sessions and no API keys; single sign-on is switched off in it.",
  administrator: "You become its administrator, with the password you have now.",
  created: "“{{name}}” is ready",
  open: "Open “{{name}}” in a new tab",
  openShort: "Open",
  remove: "Delete “{{name}}”",
  removeTitle: "Delete “{{name}}” for good?",
  removeText:
    "All records, files and members in it are deleted and cannot be brought back. Type its id, {{id}}, to confirm.",
  removeOk: "Delete for good",
  removed: "“{{name}}” is deleted",
};

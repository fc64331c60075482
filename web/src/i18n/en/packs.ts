import type { Shape } from "../shape";
import type { packs as zh } from "../zh-CN/packs";

export const packs: Shape<typeof zh> = {
  text: "Objects, fields, lists and roles put together for an industry. Once installed they work like everything else; before one is removed, you see what would be lost.",
  none: "No industry packs",
  noneText: "Whoever runs the server can put packs into its folder of packs; they are here after a restart.",
  broken: "These packs cannot be read; the others are not affected",
  from: "Industry pack “{{pack}}”",
  version: "Version {{version}}",
  installedSince: "Version {{version}} · installed {{date}}",
  changeTo: "Change to {{version}}",
  brings:
    "{{objects}} {{objects, plural(one: object; other: objects)}}, {{fields}} {{fields, plural(one: field; other: fields)}} on other objects, {{roles}} {{roles, plural(one: role; other: roles)}}",
  states: {
    available: "Not installed",
    installed: "Installed",
    upgradable: "Newer version",
    older: "The server has an older version",
    withdrawn: "No longer on the server",
  },
  verbs: { add: "New", change: "Changed", remove: "Removed" },
  parts: { object: "Objects", role: "Roles", grant: "Roles given rights on its objects" },
  partsOf: {
    field: "Fields of {{object}}",
    rule: "Rules of {{object}}",
    list: "Lists of {{object}}",
    option: "Choices of {{object}}",
    record: "Records to begin with, {{object}}",
    related: "Related lists on the page of {{object}}",
  },
  colon: ": ",
  separator: ", ",
  title: {
    install: "Install the pack “{{pack}}”",
    upgrade: "Upgrade the pack “{{pack}}”",
    remove: "Remove the pack “{{pack}}”",
  },
  about: {
    install: "Installs version {{to}} for everybody at once. This is added:",
    upgrade: "From version {{from}} to version {{to}}. What you changed yourself stays.",
    remove: "This is taken away, with the fields you added to these objects; other data stays as it is.",
  },
  ok: { install: "Install", upgrade: "Upgrade", remove: "Remove", loss: "Discard data and upgrade" },
  done: {
    install: "The pack “{{pack}}” is installed",
    upgrade: "The pack “{{pack}}” is upgraded",
    remove: "The pack “{{pack}}” is removed",
  },
};

import type { Shape } from "../shape";
import type { scim as zh } from "../zh-CN/scim";

export const scim: Shape<typeof zh> = {
  title: "Members kept by an identity system (SCIM)",
  text: "Let the company's identity system, such as Okta or Microsoft Entra ID, add, update and deactivate members and teams. Whoever leaves is signed out at once.",
  address: "Address",
  noPublicUrl:
    "This server does not know its own address (public-url); make sure that the identity system reaches the one above.",
  add: "New token",
  name: "Name",
  namePlaceholder: "Okta, for example",
  roles: "Roles it may give",
  rolesHelp:
    "It gives and takes these roles only. It changes neither the address of members with other roles nor whether they may sign in.",
  rolesNeeded: "Choose at least one role",
  powerful: "May make administrators",
  powerfulText: "A system with this token can make administrators. Usually that role is not needed.",
  expires: "Expires",
  noEnd: "No expiry",
  shownOnce: "Copy the token into the identity system now; it is not shown again.",
  madeBy: "Created by {{name}} on {{date}}",
  used: "last used {{date}}",
  neverUsed: "not used yet",
  until: "valid until {{date}}",
  gives: "May give: {{roles}}",
  remove: "Revoke {{name}}",
  removeText: "The identity system that uses it is refused from now on. Members stay as they are.",
  removeOk: "Revoke",
};

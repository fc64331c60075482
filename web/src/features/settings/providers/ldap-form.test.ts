import { describe, expect, it } from "vitest";
import type { IdentityProvider } from "@/api/types";
import { fieldOf, fromLdapForm, toLdapForm } from "./ldap-form";

const settings = {
  kind: "ldap" as const,
  host: "ldap.example.com",
  port: 1636,
  encryption: "start_tls" as const,
  certificate: "-----BEGIN CERTIFICATE-----",
  bind_dn: "cn=reader,dc=example",
  base: "dc=example",
  filter: "(objectClass=person)",
  login: ["uid"],
  attributes: { id: "entryUUID", email: "mail", name: "cn" },
  new_members: { roles: ["sales"], department: null, domains: ["example.com"] },
  organisation: {
    units: "(objectClass=organizationalUnit)",
    unit_name: "ou",
    below: null,
    roles: ["sales"],
    most_leavers: 25,
    daily: false,
  },
};

describe("the form of a directory", () => {
  it("gives back what it was filled with", () => {
    const provider = { name: "目录", enabled: false, settings } as unknown as IdentityProvider;
    expect(fromLdapForm(toLdapForm(provider))).toEqual({ name: "目录", enabled: false, settings, secret: null });
  });

  it("leaves empty what nobody entered", () => {
    const made = fromLdapForm({ ...toLdapForm(null), name: " x ", host: " h ", base: "b", secret: "s" });
    expect(made).toMatchObject({ name: "x", enabled: true, secret: "s" });
    expect(made.settings).toMatchObject({
      host: "h",
      port: null,
      certificate: null,
      new_members: null,
      organisation: null,
      encryption: "tls",
    });
  });

  it("finds the field a problem is about", () => {
    const fields = [
      "settings.host",
      "settings.attributes.name",
      "settings.attributes.email",
      "settings.new_members.roles",
      "settings.organisation.roles",
      "settings.organisation.units",
    ];
    expect(fields.map(fieldOf)).toEqual(["host", "display", "email", "roles", "member_roles", "units"]);
  });
});

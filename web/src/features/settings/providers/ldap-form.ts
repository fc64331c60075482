import type { IdentityProvider, LdapSettings, NewProvider } from "@/api/types";

/** A directory as it is filled in. */
export interface LdapForm {
  name: string;
  enabled: boolean;
  host: string;
  port: number | null;
  encryption: LdapSettings["encryption"];
  certificate: string;
  bind_dn: string;
  secret: string;
  base: string;
  filter: string;
  login: string[];
  id: string;
  email: string;
  display: string;
  /** Members are made of people nobody knows here yet. */
  makes: boolean;
  roles: string[];
  department: string | null;
  domains: string[];
  /** Departments and members are taken over. */
  takes: boolean;
  units: string;
  unit_name: string;
  below: string | null;
  member_roles: string[];
  most_leavers: number;
  daily: boolean;
}

type Looked = Pick<LdapForm, "filter" | "login" | "id" | "email" | "display">;

/** What is usual in the directories that most companies have. */
export const presets: Record<"openldap" | "active_directory", Looked> = {
  openldap: {
    filter: "(objectClass=inetOrgPerson)",
    login: ["uid", "mail"],
    id: "entryUUID",
    email: "mail",
    display: "cn",
  },
  active_directory: {
    // Accounts that are switched off there are nobody.
    filter: "(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
    login: ["sAMAccountName", "userPrincipalName"],
    id: "objectGUID",
    email: "mail",
    display: "displayName",
  },
};

/** The settings of a directory; null where the provider is none. */
export function ldapSettings(provider: IdentityProvider | null): LdapSettings | null {
  return provider?.settings.kind === "ldap" ? provider.settings : null;
}

export function toLdapForm(provider: IdentityProvider | null): LdapForm {
  const settings = ldapSettings(provider);
  const looked: Looked = settings
    ? {
        filter: settings.filter,
        login: settings.login,
        id: settings.attributes.id,
        email: settings.attributes.email,
        display: settings.attributes.name,
      }
    : presets.openldap;
  return {
    ...looked,
    name: provider?.name ?? "",
    enabled: provider?.enabled ?? true,
    host: settings?.host ?? "",
    port: settings?.port ?? null,
    encryption: settings?.encryption ?? "tls",
    certificate: settings?.certificate ?? "",
    bind_dn: settings?.bind_dn ?? "",
    secret: "",
    base: settings?.base ?? "",
    makes: (settings?.new_members ?? null) !== null,
    roles: settings?.new_members?.roles ?? [],
    department: settings?.new_members?.department ?? null,
    domains: settings?.new_members?.domains ?? [],
    takes: (settings?.organisation ?? null) !== null,
    units: settings?.organisation?.units ?? "(objectClass=organizationalUnit)",
    unit_name: settings?.organisation?.unit_name ?? "ou",
    below: settings?.organisation?.below ?? null,
    member_roles: settings?.organisation?.roles ?? [],
    most_leavers: settings?.organisation?.most_leavers ?? 10,
    daily: settings?.organisation?.daily ?? true,
  };
}

export function fromLdapForm(form: LdapForm): NewProvider {
  const { roles, department, domains } = form;
  const certificate = form.certificate.trim();
  return {
    name: form.name.trim(),
    enabled: form.enabled,
    settings: {
      kind: "ldap",
      host: form.host.trim(),
      port: form.port ?? null,
      encryption: form.encryption,
      certificate: certificate === "" ? null : certificate,
      bind_dn: form.bind_dn.trim(),
      base: form.base.trim(),
      filter: form.filter.trim(),
      login: form.login,
      attributes: { id: form.id.trim(), email: form.email.trim(), name: form.display.trim() },
      new_members: form.makes
        ? {
            roles: roles ?? [],
            department: department ?? null,
            domains: (domains ?? []).map((it) => it.replace(/^@/, "")),
          }
        : null,
      organisation: form.takes
        ? {
            units: form.units.trim(),
            unit_name: form.unit_name.trim(),
            below: form.below ?? null,
            roles: form.member_roles ?? [],
            most_leavers: form.most_leavers,
            daily: form.daily,
          }
        : null,
    },
    secret: form.secret === "" ? null : form.secret,
  };
}

/** Where a problem of the server's stands in the form. */
export function fieldOf(field: string): keyof LdapForm {
  if (field === "settings.organisation.roles") return "member_roles";
  const own = field.replace("settings.organisation.", "").replace("settings.new_members.", "").replace("settings.", "");
  return (own === "attributes.name" ? "display" : own.replace("attributes.", "")) as keyof LdapForm;
}

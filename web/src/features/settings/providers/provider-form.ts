import type { IdentityProvider, NewProvider } from "@/api/types";

/** A provider as it is filled in. */
export interface ProviderForm {
  name: string;
  enabled: boolean;
  issuer: string;
  client_id: string;
  secret: string;
  signs_out: boolean;
  /** Members are made of people nobody knows here yet. */
  makes: boolean;
  roles: string[];
  department: string | null;
  domains: string[];
}

export function toForm(provider: IdentityProvider | null): ProviderForm {
  const settings = provider?.settings.kind === "oidc" ? provider.settings : null;
  return {
    name: provider?.name ?? "",
    enabled: provider?.enabled ?? true,
    issuer: settings?.issuer ?? "",
    client_id: settings?.client_id ?? "",
    secret: "",
    signs_out: settings?.signs_out ?? false,
    makes: (settings?.new_members ?? null) !== null,
    roles: settings?.new_members?.roles ?? [],
    department: settings?.new_members?.department ?? null,
    domains: settings?.new_members?.domains ?? [],
  };
}

export function fromForm(form: ProviderForm): NewProvider {
  const { roles, department, domains } = form;
  return {
    name: form.name.trim(),
    enabled: form.enabled,
    settings: {
      kind: "oidc",
      issuer: form.issuer.trim(),
      client_id: form.client_id.trim(),
      signs_out: form.signs_out,
      new_members: form.makes
        ? {
            roles: roles ?? [],
            department: department ?? null,
            domains: (domains ?? []).map((it) => it.replace(/^@/, "")),
          }
        : null,
    },
    secret: form.secret === "" ? null : form.secret,
  };
}

/** Whether something is typed that is not saved. What is not on the screen now was not typed. */
export function differs<T extends object>(typed: Partial<T> | undefined, saved: T): boolean {
  const keys = Object.keys(typed ?? {}) as (keyof T)[];
  return keys.some((key) => JSON.stringify(typed?.[key] ?? null) !== JSON.stringify(saved[key]));
}

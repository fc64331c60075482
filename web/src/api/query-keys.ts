import type { ListQuery } from "./types";

/** Every TanStack Query key of the app, so that invalidation never misses a spelling. */
export const queryKeys = {
  /** Everything read from any object. */
  records: ["records"] as const,
  setup: ["setup"] as const,
  me: ["me"] as const,
  apiKeys: ["me", "api-keys"] as const,
  anyKeys: ["api-keys"] as const,
  allKeys: (member: string | null) => ["api-keys", member] as const,
  push: ["me", "push"] as const,
  phone: ["me", "phone"] as const,
  smsGateway: ["sms-gateway"] as const,
  smsMessages: ["sms-messages"] as const,
  factors: (member = "me") => ["factors", member] as const,
  protection: ["protection-policy"] as const,
  fileRules: ["file-policy"] as const,
  /** What is read of one file beside its bytes. */
  file: (id: string) => ["file", id] as const,
  fileVersions: (id: string) => ["file", id, "versions"] as const,
  fileLinks: (id: string) => ["file", id, "links"] as const,
  filePreview: (id: string, version: number, sheet = "") => ["file", id, "preview", version, sheet] as const,
  signInPolicy: ["sign-in-policy"] as const,
  providers: ["identity-providers"] as const,
  syncPlan: (provider: string) => ["sync-plan", provider] as const,
  identitiesOf: (member: string) => ["identities-of", member] as const,
  scimTokens: ["scim-tokens"] as const,
  identities: ["me", "identities"] as const,
  sessions: (member = "me") => ["sessions", member] as const,
  /** Below the members: whatever changes them may change who waits. */
  waiting: ["records", "user", "waiting"] as const,
  meta: ["meta"] as const,
  /** Everything read from one object: lists, records, counts, aggregates. */
  object: (object: string) => ["records", object] as const,
  lists: (object: string) => ["records", object, "list"] as const,
  list: (object: string, query: ListQuery) => ["records", object, "list", query] as const,
  count: (object: string, query: Pick<ListQuery, "filter" | "q" | "deleted">) =>
    ["records", object, "count", query] as const,
  /** Ticked records: by their ids, or all that a filter lets through. */
  selected: (object: string, which: string | readonly string[]) => ["records", object, "selected", which] as const,
  aggregates: (object: string) => ["records", object, "aggregate"] as const,
  aggregate: (object: string, query: object) => ["records", object, "aggregate", query] as const,
  record: (object: string, id: string) => ["records", object, "one", id] as const,
  /** Below what takes the time: whatever changes an appointment changes who is free. */
  busy: (query: object) => ["records", "activity", "busy", query] as const,
  workload: (query: object) => ["records", "activity", "workload", query] as const,
  /** What a rule or a distribution would do: anything that happens to records changes it. */
  rulePreview: (input: object) => ["records", "pool_rule", "preview", input] as const,
  distribution: (pool: string, input: object) => ["records", "pool", "distribution", pool, input] as const,
  history: (object: string, id: string) => ["records", object, "one", id, "history"] as const,
  timeline: (object: string, id: string, kinds?: string) =>
    ["records", object, "one", id, "timeline", kinds ?? ""] as const,
  /** Below the record's timeline: whatever makes that stale does so to what is said about it. */
  reactions: (object: string, id: string) => ["records", object, "one", id, "timeline", "reactions"] as const,
  search: (text: string, objects?: string) => ["search", text, objects ?? ""] as const,
  packs: ["packs"] as const,
  schema: ["schema"] as const,
  schemaObject: (object: string) => ["schema", object] as const,
  roles: ["rights", "roles"] as const,
  sharingRules: ["rights", "sharing"] as const,
  rights: ["rights"] as const,
  myRights: ["rights", "mine"] as const,
  rightsOf: (member: string) => ["rights", "of", member] as const,
  holders: (search: object) => ["rights", "holders", search] as const,
  simulation: (changes: object) => ["simulation", changes] as const,
  shares: (object: string, id: string) => ["records", object, "one", id, "shares"] as const,
  recordLock: (object: string, id: string) => ["records", object, "one", id, "lock"] as const,
  viewers: (object: string, id: string) => ["records", object, "one", id, "viewers"] as const,
  explanation: (object: string, id: string, member: string) =>
    ["records", object, "one", id, "access", member] as const,
  /** What of an object is the same twice: groups to look at, how far the search is, what a form is compared with. */
  duplicates: (object: string, what: object = {}) => ["records", object, "duplicates", what] as const,
  mergePreview: (object: string, what: object) => ["records", object, "merge", what] as const,
  provenance: (object: string, id: string, version: number) =>
    ["records", object, "one", id, "provenance", version] as const,
  merges: (object: string, id: string) => ["records", object, "one", id, "merges"] as const,
  divisions: (parent = "") => ["divisions", parent] as const,
  workspace: ["workspace"] as const,
  workspaces: ["workspaces"] as const,
  audit: (search: object) => ["audit", search] as const,
  jobs: (state = "", kind = "") => ["jobs", state, kind] as const,
  exports: ["exports"] as const,
  bulkTerms: (object: string, query: object) => ["records", object, "count", { ...query, bulk: true }] as const,
  imports: (id: string) => ["imports", id] as const,
  importsOf: (query?: object) => ["imports", "of", ...(query ? [query] : [])] as const,
  importRows: (id: string, query: object) => ["imports", id, "rows", query] as const,
  importDraft: (id: string) => ["imports", id, "draft"] as const,
  importUpload: (id: string) => ["imports", id, "upload"] as const,
  importGuess: (id: string, object: string) => ["imports", id, "guess", object] as const,
  importTry: (id: string, what: object) => ["imports", id, "try", what] as const,
  importMappings: (object: string, id: string) => ["imports", "mappings", object, id] as const,
};

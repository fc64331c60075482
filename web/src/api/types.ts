/** The wire types of docs/api.md, written by hand in its order. */

export type Locale = "zh-CN" | "en";
/** A text in both languages of the product. */
export type Label = Record<Locale, string>;
export type ThemeChoice = "light" | "dark" | "system";
export type Density = "comfortable" | "compact";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Setup {
  needed: boolean;
  token_required: boolean;
  demo?: boolean;
  mail?: boolean;
  passkeys?: boolean;
  password_length?: number;
}

export type FactorKind = "totp" | "passkey";

/** What comes next where somebody has come half way with signing in. */
export interface NextStep {
  stage: "second_factor" | "enrolment" | "full" | null;
  factors: FactorKind[];
  name: string;
  email: string;
  csrf_token: string | null;
}

export interface FactorInfo {
  id: string;
  kind: FactorKind;
  name: string;
  created_at: string;
  used_at: string | null;
}

export interface Factors {
  items: FactorInfo[];
  recovery_codes_left: number;
  /** The company wants this member to have one. */
  required?: boolean;
  /** Passkeys can be made here. */
  passkeys?: boolean;
}

/** A secret for an app that counts time, before its first code. */
export interface NewTotp {
  token: string;
  secret: string;
  address: string;
}

/** What a browser is asked to make or to sign. */
export interface PasskeyQuestion {
  token: string;
  options: Json;
}

/** The answer to setting up a factor; with `Me` where that signs in. */
export interface AddedFactor extends Partial<Me> {
  factor: string;
  recovery_codes: string[] | null;
}

export interface SignInPolicy {
  second_factor_for_all: boolean;
  second_factor_roles: string[];
  idle_minutes: number;
  session_hours: number;
  proof_minutes: number;
  invitation_hours: number;
  reset_minutes: number;
  password_length: number;
}

/** For whom a link in a mail is. */
export interface LinkInfo {
  kind: "activation" | "reset";
  name: string;
  email: string;
  company: string;
  expires_at: string;
  password_length: number;
}

/** A link an administrator made: sent by mail, or shown once to be handed over. */
export interface MadeLink {
  kind: "activation" | "reset";
  mailed: boolean;
  path: string | null;
  url: string | null;
  expires_at: string | null;
}

/** A member who has no password yet. */
export interface WaitingMember {
  member: string;
  invited_at: string | null;
  expires_at: string | null;
}

export interface SessionInfo {
  id: string;
  device: string;
  address: string;
  created_at: string;
  seen_at: string;
  current: boolean;
}

export interface SetupInput {
  company: string;
  name: string;
  email: string;
  password: string;
  locale?: Locale;
  token?: string;
}

/** A pointer to a record; a null label means it exists and the caller may not see it. */
export interface Reference {
  id: string;
  label: string | null;
}

export interface Workspace {
  id: string;
  name: string;
  demo: boolean;
  currency: string;
}

export interface Me {
  user: { id: string; email: string; name: string; roles: string[]; department: Reference | null };
  locale: Locale;
  time_zone: string;
  theme: ThemeChoice;
  density: Density;
  preferences: { [key: string]: Json };
  csrf_token: string;
  workspace: Workspace;
}

export type MePatch = Partial<Pick<Me, "locale" | "time_zone" | "theme" | "density" | "preferences">> & {
  name?: string;
};

/** What of its owner's rights a key has: verbs by object (`*` for those not named), some of the roles. */
export interface KeyScope {
  objects?: { [object: string]: string[] } | null;
  roles?: string[] | null;
}

export interface ApiKey {
  id: string;
  name: string;
  created_at: string;
  expires_at: string | null;
  used_at?: string | null;
  scope?: KeyScope | null;
}

export interface NewApiKey extends ApiKey {
  key: string;
}

export type FieldType =
  | "text"
  | "long_text"
  | "rich_text"
  | "number"
  | "decimal"
  | "money"
  | "percent"
  | "boolean"
  | "date"
  | "datetime"
  | "duration"
  | "select"
  | "multi_select"
  | "email"
  | "phone"
  | "url"
  | "address"
  | "person_name"
  | "tags"
  | "reference"
  | "many_to_many"
  | "user"
  | "department"
  | "file"
  | "image"
  | "auto_number"
  | "geo"
  | "json"
  | "formula"
  | "rollup";

export interface SelectOption {
  value: string;
  label: Label;
  color?: string | null;
  closed?: boolean;
  won?: boolean;
  probability?: number | null;
  retired?: boolean;
  /** The options one may go to from here; null or absent where any may follow. */
  next?: string[] | null;
}

export interface FieldMeta {
  name: string;
  type: FieldType;
  label: Label;
  help: Label | null;
  section: string | null;
  custom: boolean;
  required: boolean;
  read_only: boolean;
  computed: boolean;
  /** Where most of the value is covered for the caller; it can be neither changed nor named there. */
  masked?: "everywhere" | "lists" | null;
  unique: boolean;
  searchable: boolean;
  sortable: boolean;
  filterable: boolean;
  groupable: boolean;
  default?: Json;
  options?: SelectOption[];
  target?: string;
  scale?: number;
  currency?: string;
  min?: number | string;
  max?: number | string;
  max_length?: number;
  pattern?: string;
  number_format?: string;
  /** The type of a formula or roll-up. */
  result?: FieldType;
  required_when?: string;
  visible_when?: string;
  read_only_when?: string;
  expression?: string;
}

export interface ListViewMeta {
  name: string;
  label: Label;
  columns: string[];
  filter: string | null;
  sort: string | null;
}

export interface BoardMeta {
  group_by: string;
  card: string[];
  sum: string | null;
  move_action: string | null;
  order: string;
}

export interface CalendarMeta {
  start: string;
  end: string | null;
  title: string;
  color_by: string | null;
}

export interface RelatedListMeta {
  object: string;
  via: string;
  label: Label;
  columns: string[];
  sort: string | null;
}

export interface RecordViewMeta {
  key_facts: string[];
  sections: { name: string; label: Label; fields: string[] }[];
  related: RelatedListMeta[];
  quick_log: string[];
}

export interface ActionMeta {
  name: string;
  label: Label;
  help: Label | null;
  icon: string | null;
  on: "record" | "object";
  primary: boolean;
  danger: boolean;
  visible_when?: string;
  input: FieldMeta[];
}

export interface ObjectAccess {
  create: boolean;
  update: boolean;
  delete: boolean;
  restore: boolean;
  import: boolean;
  export: boolean;
  bulk: boolean;
  share: boolean;
  assign: boolean;
}

export interface ObjectMeta {
  name: string;
  label: Label;
  plural: Label;
  help: Label | null;
  icon: string | null;
  color: string | null;
  custom: boolean;
  title_field: string;
  app: string;
  access: ObjectAccess;
  fields: FieldMeta[];
  views: {
    list: ListViewMeta[];
    board: BoardMeta | null;
    calendar: CalendarMeta | null;
    record: RecordViewMeta;
  };
  actions: ActionMeta[];
}

export interface NavigationGroup {
  app: string;
  label: Label;
  icon: string | null;
  objects: string[];
}

export interface Meta {
  schema_version: number | string;
  workspace: Workspace;
  currencies: string[];
  navigation: NavigationGroup[];
  objects: ObjectMeta[];
}

export interface Money {
  amount: string;
  currency: string;
}

export interface Address {
  country?: string | null;
  province?: string | null;
  city?: string | null;
  district?: string | null;
  street?: string | null;
  postcode?: string | null;
}

export interface PersonName {
  full: string;
  family?: string | null;
  given?: string | null;
}

export interface FileValue {
  id: string;
  name: string;
  size: number;
  content_type: string;
}

export interface GeoPoint {
  lat: number;
  lng: number;
}

/** Any value a field can hold, as JSON; the helpers in fields/values.ts narrow it. */
export type FieldValue = Json | Reference | Reference[] | Money | Address | PersonName | FileValue | GeoPoint;

export interface RecordData {
  id: string;
  version: number;
  created_at: string;
  created_by: Reference | null;
  updated_at: string;
  updated_by: Reference | null;
  deleted_at?: string | null;
  [field: string]: FieldValue | undefined;
}

export type FieldValues = { [field: string]: FieldValue | undefined };

export interface Count {
  value: number;
  exact: boolean;
}

export interface RecordPage {
  items: RecordData[];
  next_cursor: string | null;
  count?: Count;
}

export interface ListQuery {
  filter?: string;
  sort?: string;
  fields?: string;
  limit?: number;
  cursor?: string;
  count?: "capped" | "exact" | "none";
  deleted?: "only";
  q?: string;
}

export type BulkChange =
  | { update: FieldValues }
  | { add_tags: string[] }
  | { remove_tags: string[] }
  | { delete: true }
  | { restore: true };

export interface BulkInput {
  ids?: string[];
  filter?: string;
  change: BulkChange;
  expected_count?: number;
}

export interface FieldError {
  field: string;
  code: string;
  message: string;
  row?: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  request_id?: string;
  field_errors?: FieldError[];
  [extra: string]: Json | FieldError[] | undefined;
}

export interface RowProblem {
  id?: string;
  index?: number;
  problem?: Problem;
}

export interface BulkResult {
  change_id: string;
  succeeded: number;
  failed: number;
  problems: RowProblem[];
}

export type BatchOperation =
  | { op: "create"; values: FieldValues }
  | { op: "update"; id: string; version?: number; values: FieldValues }
  | { op: "delete"; id: string }
  | { op: "restore"; id: string };

export interface BatchResult {
  change_id: string;
  results: { index: number; id?: string; version?: number; problem?: Problem }[];
  succeeded: number;
  failed: number;
}

export interface UndoResult {
  change_id: string;
  undone: number;
  skipped: { object: string; id: string; reason: string }[];
}

export interface AggregateResult {
  groups: { keys: Json[]; labels: (string | null)[]; values: { [measure: string]: string | number | null } }[];
  truncated: boolean;
}

export interface HistoryItem {
  seq: number;
  at: string;
  actor: Reference | null;
  kind: string;
  change_id: string;
  changes: { field: string; old: FieldValue; new: FieldValue }[];
}

export interface TimelineItem {
  /** Of changes: which change it was part of, and what was done (`updated`, `won`, `converted`). */
  change_id?: string;
  verb?: string;
  at: string;
  kind: string;
  object: string;
  id: string;
  title: string;
  text: string | null;
  actor: Reference | null;
  record?: RecordData;
  changes?: { field: string; old: FieldValue; new: FieldValue }[];
}

export interface SearchHit {
  object: string;
  id: string;
  label: string;
  subtitle: string | null;
  matched: string | null;
}

export interface SearchResult {
  items: SearchHit[];
  more: boolean;
}

export interface DryRun {
  ok: boolean;
  problems: FieldError[];
  record?: RecordData;
}

export interface ChangeEvent {
  seq: number;
  at: string;
  kind: string;
  object: string;
  id: string;
  version: number;
  actor: Reference | null;
  change_id: string;
  changes: { field: string; old: FieldValue; new: FieldValue }[];
}

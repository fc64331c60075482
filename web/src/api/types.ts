/** Names for what the API reads and writes. The types themselves are generated from docs/openapi.json. */
import type { components, operations } from "./generated/openapi";

type Schemas = components["schemas"];

export type Json = Schemas["Json"];
/** A text in both languages of the product. */
export type Label = Schemas["Label"];
export type Locale = keyof Label;
/** A pointer to a record; a null label means it exists and the caller may not see it. */
export type Reference = Schemas["Reference"];

// Setting up and signing in.
export type Setup = Schemas["SetupState"];
export type SetupInput = Schemas["SetUp"];
/** What comes next where somebody has come half way with signing in. */
export type NextStep = Schemas["NextStep"];
export type FactorKind = Schemas["FactorKind"];
export type FactorInfo = Schemas["Factor"];
/** Second factors; one's own tell besides whether there must be one and whether passkeys can be made. */
export type Factors = Schemas["MemberFactors"] & Partial<Schemas["OwnFactors"]>;
export type NewTotp = Schemas["TotpSecret"];
/** What a browser is asked to make or to sign. */
export type PasskeyQuestion = Schemas["PasskeyQuestion"];
/** The answer to setting up a factor; with `Me` where that signs in. */
export type AddedFactor = Schemas["AddedFactor"];
export type SignInPolicy = Schemas["SignInPolicy"];
/** For whom a link in a mail is. */
export type LinkInfo = Schemas["LinkOwner"];
/** A link an administrator made: sent by mail, or shown once to be handed over. */
export type MadeLink = Schemas["MadeLink"];
/** A member who has no password yet. */
export type WaitingMember = Schemas["Waiting"];
export type SessionInfo = Schemas["Session"];
export type Credentials = Schemas["Credentials"];
/** One way to prove who one is: a code, a code on paper, a passkey's signature. */
export type SecondFactor = Schemas["SecondFactor"];
export type PasskeySignature = Schemas["PasskeySignature"];
export type Proof = Schemas["Proof"];
export type NewPasskey = Schemas["MadePasskey"];
export type RecoveryCodes = Schemas["RecoveryCodes"];

/** Signed out; perhaps the browser is to go on to the provider's own page. */
export type SignedOut = Schemas["SignedOut"];

// Identity providers.
export type IdentityProvider = Schemas["IdentityProvider"];
export type NewProvider = Schemas["NewProvider"];
export type ChangedProvider = Schemas["ChangedProvider"];
export type LdapSettings = Extract<IdentityProvider["settings"], { kind: "ldap" }>;
export type OidcSettings = Extract<IdentityProvider["settings"], { kind: "oidc" }>;
export type SyncPlan = Schemas["SyncPlan"];
export type SyncItem = Schemas["SyncItem"];
export type CheckedProvider = Schemas["CheckedProvider"];
export type OwnIdentity = Schemas["OwnIdentity"];
/** That a provider's account is the member's must be confirmed. */
export type ScimTokens = Schemas["ScimTokens"];
export type ScimToken = Schemas["ScimToken"];
export type NewScimToken = Schemas["MadeScimToken"];
export type NewScimTokenInput = Schemas["NewScimToken"];
export type ProviderConfirmation = Schemas["Confirmation"];

// Oneself.
export type Me = Schemas["Me"];
export type MePatch = Partial<Pick<Me, "locale" | "time_zone" | "theme" | "density" | "preferences">> & {
  name?: string;
};
export type ThemeChoice = Me["theme"];
export type Density = Me["density"];
/** What of its owner's rights a key has: verbs by object (`*` for those not named), some of the roles. */
export type KeyScope = Schemas["KeyScopeInput"];
export type ApiKey = Schemas["ApiKey"];
export type NewApiKey = Schemas["MadeApiKey"];
export type NewApiKeyInput = Schemas["NewApiKey"];

// What there is.
export type Meta = Schemas["Meta"];
export type ObjectMeta = Schemas["ObjectMeta"];
export type ObjectAccess = Schemas["ObjectAccess"];
export type FieldMeta = Schemas["FieldMeta"];
export type FieldType = Schemas["FieldKind"];
export type SelectOption = Schemas["OptionMeta"];
export type ActionMeta = Schemas["ActionMeta"];
export type ListViewMeta = Schemas["ListViewMeta"];
export type BoardMeta = Schemas["BoardMeta"];
export type CalendarMeta = Schemas["CalendarMeta"];
export type RelatedListMeta = Schemas["RelatedListMeta"];
export type RecordViewMeta = Schemas["RecordViewMeta"];
export type NavigationGroup = Schemas["NavigationGroup"];

// Records of any object. What stands in a field follows from its type; the helpers in fields/values.ts narrow it.
export type FieldValue = Json;
export type RecordData = Schemas["Record"];
export type RecordPage = Schemas["RecordList"];
/** Values by field, each in a form its type takes. */
export type RecordValues = Schemas["RecordValues"];
export type Count = Schemas["Count"];
export type ListQuery = NonNullable<operations["listRecords"]["parameters"]["query"]>;
export type BatchInput = Schemas["BatchRequest"];
export type BatchResult = Schemas["BatchAnswer"];
export type BulkInput = Schemas["BulkRequest"];
export type BulkChange = Schemas["BulkChange"];
export type BulkResult = Schemas["BulkAnswer"];
export type AggregateResult = Schemas["AggregateAnswer"];
export type AggregateQuery = NonNullable<operations["aggregate"]["parameters"]["query"]>;
export type UndoResult = Schemas["UndoAnswer"];
/** A change that is taken back in the background, or was. */
export type UndoRun = Schemas["UndoRun"];
export type HistoryItem = Schemas["HistoryEntry"];
export type TimelineItem = Schemas["TimelineEntry"];
export type SearchHit = Schemas["SearchHit"];
export type SearchResult = Schemas["SearchAnswer"];
export type ChangeEvent = Schemas["Event"];
/** What the socket of live news says. */
export type LiveMessage = Schemas["LiveMessage"];
export type LiveRequest = Schemas["LiveRequest"];
export type Job = Schemas["Job"];
export type ScheduledJob = Schemas["ScheduledJob"];

// Problems.
export type Problem = Schemas["Problem"];
export type ProblemCode = Problem["code"];
export type FieldError = Schemas["FieldError"];
/** What a request would do, without doing it. */
export type DryRun = Schemas["DryRun"];

// Values of more than one part.
export type Money = Schemas["Money"];
export type PersonName = Schemas["PersonName"];
export type Address = Schemas["Address"];
export type GeoPoint = Schemas["Geo"];
export type FileValue = Schemas["FileValue"];

// Companies and places.
/** A company of this server: the main one or one beside it. */
export type WorkspaceEntry = Schemas["WorkspaceEntry"];
export type NewWorkspace = Schemas["NewWorkspace"];
export type WorkspaceSettings = Schemas["WorkspaceSettings"];
/** What an administrator changes of them. */
export type ChangedWorkspace = Schemas["ChangedWorkspace"];
/** A division of China, with those below it as deep as was asked for. */
export type Division = Schemas["Division"];

/** Values of a form: what is undefined was never filled in and is not sent. */
export type FieldValues = { [field: string]: FieldValue | undefined };

export type BusyAnswer = Schemas["BusyAnswer"];
export type BusySchedule = Schemas["BusySchedule"];
export type WorkloadBoard = Schemas["WorkloadBoard"];
export type WorkloadPerson = WorkloadBoard["people"][number];
export type WorkloadItem = WorkloadPerson["days"][number]["items"][number];
export type CalendarFile = Schemas["CalendarFile"];
export type CalendarImport = Schemas["CalendarImport"];

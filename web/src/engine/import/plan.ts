import type {
  AlsoPart,
  DepartmentRule,
  FieldLink,
  ImportColumn,
  ImportGuess,
  ImportPlan,
  ImportTarget,
  OwnerRule,
  PlanPart,
} from "@/api/imports";
import type { FieldMeta, FieldValue, Meta, ObjectMeta } from "@/api/types";
import { referenceTarget } from "@/fields/reference/target";
import { toWire } from "@/fields/values";
import { findField, findObject } from "../meta";
import { type ColumnChoice, columnsInput, initialMapping, keepMatch, type Match, mappingOf } from "./mapping";

/** A value for every row. `value` is what its input holds: references with their labels. */
export interface Constant {
  field: string;
  value: FieldValue;
}

export interface Computed {
  field: string;
  expression: string;
}

/** What one object gets out of each row. */
export interface PartDraft {
  /** Empty for the object the import is of. */
  key: string;
  object: string;
  /** What a column can become. */
  fields: ImportTarget[];
  mapping: ColumnChoice[];
  match: Match;
  constants: Constant[];
  computed: Computed[];
  links: FieldLink[];
}

/** Everything said about an import so far. */
export interface PlanDraft {
  /** The object of the import first. */
  parts: PartDraft[];
  owners: OwnerRule | null;
  departments: DepartmentRule | null;
}

export const MAIN = "";

export const emptyPart = (key: string, object: string, fields: ImportTarget[], mapping: ColumnChoice[]): PartDraft => ({
  key,
  object,
  fields,
  mapping,
  match: null,
  constants: [],
  computed: [],
  links: [],
});

/** The fields something is given for, by whatever means. */
export function givenFields(part: PartDraft): Set<string> {
  const mapped = part.mapping.flatMap((choice) => (choice.field ? [choice.field] : []));
  const others = [...part.constants, ...part.computed, ...part.links].map((one) => one.field);
  return new Set([...mapped, ...others]);
}

/** Puts a changed part in its place; a rule of matching that lost its field goes. */
export function withPart(draft: PlanDraft, part: PartDraft): PlanDraft {
  const kept = { ...part, match: keepMatch(part.match, givenFields(part), part.fields) };
  return { ...draft, parts: draft.parts.map((one) => (one.key === part.key ? kept : one)) };
}

/** Takes a part away, and every link to it. */
export function withoutPart(draft: PlanDraft, key: string): PlanDraft {
  const parts = draft.parts
    .filter((part) => part.key !== key)
    .map((part) => ({ ...part, links: part.links.filter((link) => link.to !== key) }));
  return { ...draft, parts };
}

/** A name for a further part of this object that none has yet. */
export function freeKey(draft: PlanDraft, object: string): string {
  const taken = new Set(draft.parts.map((part) => part.key));
  if (!taken.has(object)) return object;
  let number = 2;
  while (taken.has(`${object}_${number}`)) number += 1;
  return `${object}_${number}`;
}

const refers = (field: FieldMeta, object: string): boolean =>
  !field.read_only && !field.computed && referenceTarget(field) === object;

/** Whether the part `from` is made from `to`, through however many links. */
function needs(draft: PlanDraft, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (key === to) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...(draft.parts.find((part) => part.key === key)?.links.map((link) => link.to) ?? []));
  }
  return false;
}

export interface LinkChoice {
  field: FieldMeta;
  /** Parts of the row whose record the field could name. */
  to: PartDraft[];
}

/** The fields of a part that could name what another part of the row makes, without going in a circle. */
export function linkChoices(meta: Meta, draft: PlanDraft, part: PartDraft): LinkChoice[] {
  const object = findObject(meta, part.object);
  return (object?.fields ?? []).flatMap((field) => {
    const to = draft.parts.filter(
      (other) => other.key !== part.key && refers(field, other.object) && !needs(draft, other.key, part.key),
    );
    return to.length > 0 ? [{ field, to }] : [];
  });
}

/** Draws the link a new part most likely means: from it to the main record, else from the main record to it. */
export function linked(meta: Meta, draft: PlanDraft, key: string): PlanDraft {
  const part = draft.parts.find((one) => one.key === key);
  const main = draft.parts[0];
  if (!part || !main || part === main) return draft;
  const link = (from: PartDraft, to: PartDraft): PlanDraft | null => {
    const choices = linkChoices(meta, draft, from).filter((choice) => choice.to.some((one) => one.key === to.key));
    const field = (choices.find((choice) => choice.field.required) ?? choices[0])?.field.name;
    if (!field) return null;
    const links = [...from.links.filter((one) => one.field !== field), { field, to: to.key }];
    const mapping = from.mapping.map((one) => (one.field === field ? { ...one, field: null, options: {} } : one));
    return withPart(draft, { ...from, links, mapping });
  };
  return link(part, main) ?? link(main, part) ?? draft;
}

const surely = (part: PartDraft, column: number): number =>
  Math.max(
    -1,
    ...part.mapping.flatMap((choice) =>
      choice.field !== null && choice.column.index === column ? [choice.guessed ? choice.column.confidence : 1] : [],
    ),
  );

/**
 * A further part with the columns it seems to be made of: those no other part is as sure of, and the one that is headed
 * by what the object is called, which names its records.
 */
export function guessedPart(draft: PlanDraft, object: ObjectMeta, key: string, guess: ImportGuess): PartDraft {
  const named = [object.label["zh-CN"], object.label.en].map((name) => name.toLowerCase());
  const guessed = initialMapping(guess).map((choice) => {
    const taken = draft.parts.some((part) => surely(part, choice.column.index) >= choice.column.confidence);
    return choice.field !== null && taken ? { ...choice, field: null, options: {}, guessed: false } : choice;
  });
  const title = guess.fields.some((field) => field.path === object.title_field) ? object.title_field : null;
  const isGiven = guessed.some((choice) => choice.field === title);
  const mapping = guessed.map((choice) =>
    title && !isGiven && choice.field === null && named.includes(choice.column.header.trim().toLowerCase())
      ? { ...choice, field: title, guessed: true }
      : choice,
  );
  return emptyPart(key, object.name, guess.fields, mapping);
}

/** Lets a new part have the columns it is surer of than the part that guessed at them. */
export function yielded(draft: PlanDraft, key: string): PlanDraft {
  const part = draft.parts.find((one) => one.key === key);
  if (!part) return draft;
  const parts = draft.parts.map((other) => {
    if (other.key === key) return other;
    const mapping = other.mapping.map((choice) =>
      choice.guessed && surely(part, choice.column.index) > choice.column.confidence
        ? { ...choice, field: null, options: {}, guessed: false }
        : choice,
    );
    return { ...other, mapping };
  });
  return { ...draft, parts };
}

/** Objects a further record of could be made from each row: those that name a part or are named by one. */
export function furtherObjects(meta: Meta, draft: PlanDraft): ObjectMeta[] {
  const parts = draft.parts.flatMap((part) => findObject(meta, part.object) ?? []);
  return meta.objects.filter(
    (object) =>
      object.access.import &&
      !object.internal &&
      parts.some(
        (part) =>
          object.fields.some((field) => refers(field, part.name)) ||
          part.fields.some((field) => refers(field, object.name)),
      ),
  );
}

/** What is overwritten only counts where something is. */
function matchInput(match: Match): Match {
  if (!match || match.on_match === "overwrite") return match;
  const { overwrite: _unused, ...rest } = match;
  return rest;
}

function partInput(part: PartDraft): PlanPart {
  const { mapping, match, constants, computed, links } = part;
  return {
    mapping: columnsInput(mapping),
    match: matchInput(match),
    ...(constants.length > 0
      ? { constants: constants.map(({ field, value }) => ({ field, value: toWire(value) })) }
      : {}),
    ...(computed.length > 0 ? { computed } : {}),
    ...(links.length > 0 ? { links } : {}),
  };
}

/** What was said, as the server takes it. */
export function planInput({ parts, owners, departments }: PlanDraft): ImportPlan {
  const [main, ...also] = parts;
  return {
    ...(main ? partInput(main) : { mapping: [] }),
    ...(also.length > 0
      ? { also: also.map((part): AlsoPart => ({ key: part.key, object: part.object, ...partInput(part) })) }
      : {}),
    ...(owners ? { owners } : {}),
    ...(departments ? { departments } : {}),
  };
}

/** The rule of a plan: it may name its one field by itself, and the fields to overwrite as none in particular. */
function matchOf(rule: PlanPart["match"]): Match {
  if (!rule) return null;
  const fields = [...(rule.field ? [rule.field] : []), ...(rule.fields ?? [])];
  if (fields.length === 0) return null;
  const or_fields = rule.or_fields ?? [];
  const found = { fields, on_match: rule.on_match, ...(or_fields.length > 0 ? { or_fields } : {}) };
  return { ...found, ...(rule.overwrite ? { overwrite: rule.overwrite } : {}) };
}

function partOf(columns: ImportColumn[], fields: ImportTarget[], key: string, object: string, plan: PlanPart) {
  return {
    ...emptyPart(key, object, fields, mappingOf(columns, plan.mapping, fields)),
    match: matchOf(plan.match),
    constants: plan.constants ?? [],
    computed: plan.computed ?? [],
    links: plan.links ?? [],
  };
}

/** A plan of earlier as something to go on with. `fieldsOf` are what columns can become, by object. */
export function draftOf(
  plan: ImportPlan,
  object: string,
  columns: ImportColumn[],
  fieldsOf: ReadonlyMap<string, ImportTarget[]>,
): PlanDraft {
  const fields = (name: string) => fieldsOf.get(name) ?? [];
  return {
    parts: [
      partOf(columns, fields(object), MAIN, object, plan),
      ...(plan.also ?? []).map((part) =>
        partOf(columns, fields(part.object), part.key, part.object, { ...part, mapping: part.mapping ?? [] }),
      ),
    ],
    owners: plan.owners ?? null,
    departments: plan.departments ?? null,
  };
}

/** Whether anything is to be made of the rows, in every part. */
export function isUsable(draft: PlanDraft): boolean {
  return draft.parts.every((part) => part.mapping.some((choice) => choice.field !== null) || part.computed.length > 0);
}

/** The field a path leads to: the whole one, for parts of it too. */
export function fieldOf(object: ObjectMeta | null, path: string): FieldMeta | null {
  return object ? findField(object, path.split(".")[0] ?? path) : null;
}

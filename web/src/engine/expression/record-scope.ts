import dayjs from "dayjs";
import type { FieldMeta, FieldValue, FieldValues } from "@/api/types";
import { fromWallTime, zoneOffsetMinutes } from "@/fields/datetime/zone";
import { asMoney, asReference, asReferences, asStrings, asText, isEmptyValue, isObject } from "@/fields/values";
import type { Scope } from "./evaluate";
import { DAY_MS, type InstantValue, readDay, type Value } from "./value";

/** Who looks at the form, as expressions call him `me`. */
export interface Viewer {
  id: string;
  department: string | null;
  /** Main and further departments. */
  ownDepartments?: string[];
  /** He and those he stands in for. */
  selves?: string[];
  /** Circles he belongs to, and those of them he keeps. */
  circles?: string[] | undefined;
  keeps?: string[] | undefined;
  roles: string[];
  timeZone: string;
}

/** A field's wire value as expressions see it; undefined where its parts alone have a meaning. */
export function expressionValue(field: FieldMeta, value: FieldValue | undefined): Value | undefined {
  const type = (field.type === "formula" || field.type === "rollup" ? field.result : field.type) ?? "text";
  if (isEmptyValue(value)) return null;
  switch (type) {
    case "number":
    case "decimal":
    case "percent":
      return readNumber(asText(value));
    case "money":
      return readNumber(asMoney(value)?.amount ?? asText(value));
    case "duration":
      return typeof value === "number" ? { kind: "duration", seconds: value } : undefined;
    case "boolean":
      return value === true;
    case "date":
      return readDay(asText(value));
    case "datetime": {
      const at = new Date(asText(value)).getTime();
      return Number.isNaN(at) ? null : { kind: "instant", at };
    }
    case "reference":
    case "user":
    case "department":
    case "file":
    case "image":
    case "record":
      return asReference(value)?.id ?? asText(value);
    case "many_to_many":
    case "tags":
      return asReferences(value).map((reference) => reference.id);
    case "multi_select":
      return asStrings(value);
    case "person_name":
      return isObject(value) ? asText(value.full) : asText(value);
    case "address":
    case "geo":
    case "json":
      return isObject(value) ? undefined : asText(value);
    default:
      return asText(value);
  }
}

function readNumber(text: string): Value {
  const number = Number(text);
  return text.trim() === "" || !Number.isFinite(number) ? null : number;
}

function startOfDayIn(timeZone: string, day: number): InstantValue {
  const wall = dayjs(new Date(day * DAY_MS).toISOString().slice(0, 10));
  return { kind: "instant", at: new Date(fromWallTime(wall, timeZone)).getTime() };
}

/** The names of a record in the form it is being given, for visibility and requirement. */
export function recordScope(
  fields: FieldMeta[],
  values: FieldValues,
  viewer: Viewer,
  clock: () => number = Date.now,
): Scope {
  const { timeZone } = viewer;
  const dayOf = (at: number) => Math.floor((at + zoneOffsetMinutes(new Date(at), timeZone) * 60_000) / DAY_MS);
  return {
    lookup: (segments) => lookup(fields, values, viewer, segments),
    now: () => ({ kind: "instant", at: clock() }),
    today: () => ({ kind: "day", day: dayOf(clock()) }),
    startOfDay: (day) => startOfDayIn(timeZone, day.day),
    dayOf: (at) => ({ kind: "day", day: dayOf(at.at) }),
    readInstant: (text) => {
      const normal = text.trim().replace(" ", "T");
      if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(normal)) return null;
      const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/.test(normal);
      const at = new Date(hasOffset ? normal : fromWallTime(dayjs(normal), timeZone)).getTime();
      return Number.isNaN(at) ? null : { kind: "instant", at };
    },
  };
}

function lookup(fields: FieldMeta[], values: FieldValues, viewer: Viewer, segments: string[]): Value | undefined {
  const [first = "", second, ...rest] = segments;
  if (first === "me") {
    if (rest.length > 0) return undefined;
    if (second === "id") return viewer.id;
    if (second === "department") return viewer.department;
    if (second === "roles") return viewer.roles;
    if (second === "own_departments") return viewer.ownDepartments;
    if (second === "circles") return viewer.circles;
    if (second === "keeps") return viewer.keeps;
    if (second === "selves") return viewer.selves ?? [viewer.id];
    return undefined;
  }
  const field = fields.find((candidate) => candidate.name === first);
  if (!field) {
    const value = values[first];
    return segments.length === 1 && (typeof value === "string" || value === null) ? value : undefined;
  }
  const value = values[first];
  if (second === undefined) return expressionValue(field, value);
  if (rest.length > 0) return undefined;
  // A referred record that is not there has no fields either; one that is there is the server's to read.
  if (isEmptyValue(value)) return null;
  if (!isObject(value)) return undefined;
  const part = value[second];
  if (field.type === "money" && second === "amount") return readNumber(asText(part));
  if (!["money", "address", "person_name", "geo"].includes(field.type))
    return second === "id" ? asText(part) : undefined;
  if (isEmptyValue(part)) return null;
  return typeof part === "number" ? part : asText(part);
}

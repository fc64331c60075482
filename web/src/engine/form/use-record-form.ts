import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { FieldError, FieldMeta, FieldValue, FieldValues, RecordData } from "@/api/types";
import { checkValue, type ValueProblem } from "@/fields/check";
import { useMe } from "../session";
import { useViewer } from "../viewer";
import { type FieldState, fieldStates } from "./conditions";
import { clearDraft, draftKey, readDraft, writeDraft } from "./draft";
import { changedValues } from "./merge";

const DRAFT_AFTER_MS = 400;

export interface RecordFormOptions {
  object: string;
  fields: FieldMeta[];
  /** The record being changed; null for a new one. */
  record: RecordData | null;
  /** What a new record starts with; counts as untouched. */
  initial: FieldValues;
  /** False for short-lived forms (an action's input). */
  keepDraft?: boolean;
  /** What conditions may ask about besides the form's own fields: the record an action runs on. */
  around?: { fields: FieldMeta[]; values: FieldValues };
}

export interface RecordForm {
  /** What it began with. */
  base: FieldValues;
  values: FieldValues;
  changes: FieldValues;
  dirty: boolean;
  states: Map<string, FieldState>;
  /** What is wrong, for fields that were left or after a try to save; the server's own words win. */
  problemOf: (field: FieldMeta) => ValueProblem | string | null;
  set: (name: string, value: FieldValue) => void;
  touch: (name: string) => void;
  /** A field was changed or left. */
  begun: boolean;
  /** Checks everything; the fields in trouble, in the order of the form. */
  check: () => string[];
  showServerErrors: (errors: FieldError[]) => void;
  /** What saving would be refused for as it is typed now; told of fields that were changed or left. */
  showLiveErrors: (errors: FieldError[]) => void;
  /** Begins again from a record as it is now, with `changes` on top. */
  restart: (base: FieldValues, version: number | null, changes: FieldValues) => void;
  version: number | null;
  /** When what is shown was typed in an earlier visit. */
  restoredAt: number | null;
  dismissRestored: () => void;
  discard: () => void;
  /** Saved: the draft goes. */
  finish: () => void;
}

function pick(fields: FieldMeta[], record: FieldValues): FieldValues {
  return Object.fromEntries(fields.map((field) => [field.name, record[field.name] ?? null]));
}

/** By field; problems of a part (`address.city`) show at the whole. */
function byField(errors: FieldError[]): { [field: string]: string } {
  return Object.fromEntries(errors.map((error) => [error.field.split(".")[0] ?? "", error.message]));
}

/** The state of one form: values, what changed, what is wrong, and a draft that survives a closed window. */
export function useRecordForm(options: RecordFormOptions): RecordForm {
  const { object, fields, record, initial, keepDraft = true, around } = options;
  const me = useMe();
  const viewer = useViewer();
  const key = keepDraft ? draftKey(me.user.id, object, record?.id ?? null) : null;
  const [start] = useState(() => {
    const base = pick(fields, record ?? initial);
    const draft = key ? readDraft(key, Date.now()) : null;
    return { base, draft };
  });
  const [base, setBase] = useState(start.base);
  const [version, setVersion] = useState(start.draft?.version ?? record?.version ?? null);
  const [values, setValues] = useState<FieldValues>({ ...start.base, ...start.draft?.changes });
  const [restoredAt, setRestoredAt] = useState(start.draft?.at ?? null);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [typed, setTyped] = useState<ReadonlySet<string>>(new Set());
  const [serverErrors, setServerErrors] = useState<{ [field: string]: string }>({});
  const [liveErrors, setLiveErrors] = useState<{ [field: string]: string }>({});
  const finished = useRef(false);

  const changes = useMemo(() => changedValues(base, values), [base, values]);
  const dirty = Object.keys(changes).length > 0;
  const states = useMemo(() => {
    const others = around?.fields.filter((field) => !fields.some((own) => own.name === field.name)) ?? [];
    return fieldStates([...fields, ...others], { ...around?.values, ...values }, viewer);
  }, [fields, values, viewer, around]);

  const keep = useRef(() => {});
  // Whoever leaves right after a letter was promised that it stays.
  useEffect(() => () => keep.current(), []);
  useEffect(() => {
    if (!key || finished.current) return;
    const save = () => {
      if (!finished.current) writeDraft(key, { at: Date.now(), version, changes });
    };
    keep.current = save;
    const timer = setTimeout(save, DRAFT_AFTER_MS);
    window.addEventListener("pagehide", save);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", save);
    };
  }, [key, changes, version]);

  const problem = useCallback(
    (field: FieldMeta): ValueProblem | null => {
      const state = states.get(field.name);
      if (!state?.visible || state.readOnly) return null;
      return checkValue(field, values[field.name], state.required);
    },
    [states, values],
  );
  const set = useCallback((name: string, value: FieldValue) => {
    setValues((current) => ({ ...current, [name]: value }));
    setTyped((current) => (current.has(name) ? current : new Set([...current, name])));
    setServerErrors(({ [name]: _gone, ...rest }) => rest);
    setLiveErrors(({ [name]: _gone, ...rest }) => rest);
  }, []);
  const touch = useCallback((name: string) => setTouched((current) => new Set([...current, name])), []);
  const problemOf = (field: FieldMeta): ValueProblem | string | null => {
    const { name } = field;
    const refused = serverErrors[name];
    if (refused !== undefined) return refused;
    const left = touched.has(name);
    if (!left && !typed.has(name)) return null;
    const own = problem(field);
    // What the browser finds wrong itself waits until the field is left: nobody is done in the middle of an address.
    if (own) return left ? own : null;
    return dirty ? (liveErrors[name] ?? null) : null;
  };
  const showLiveErrors = useCallback((errors: FieldError[]) => {
    const found = byField(errors);
    setLiveErrors(found);
    // What a save was refused for holds no more where the server does not say so again.
    setServerErrors((before) => Object.fromEntries(Object.entries(before).filter(([name]) => name in found)));
  }, []);
  const check = () => {
    setTouched(new Set(fields.map((field) => field.name)));
    return fields.filter((field) => problem(field) !== null).map((field) => field.name);
  };
  const finish = useCallback(() => {
    finished.current = true;
    if (key) clearDraft(key);
  }, [key]);
  const restart = (nextBase: FieldValues, nextVersion: number | null, nextChanges: FieldValues) => {
    const picked = pick(fields, nextBase);
    setBase(picked);
    setVersion(nextVersion);
    setValues({ ...picked, ...nextChanges });
  };
  return {
    base,
    values,
    changes,
    dirty,
    states,
    version,
    restoredAt,
    problemOf,
    set,
    touch,
    begun: touched.size > 0 || typed.size > 0,
    check,
    showServerErrors: (errors) => setServerErrors(byField(errors)),
    showLiveErrors,
    restart,
    dismissRestored: () => setRestoredAt(null),
    discard: () => {
      if (key) clearDraft(key);
      setValues(base);
      setVersion(record?.version ?? null);
      setRestoredAt(null);
      setTouched(new Set());
      setTyped(new Set());
      setServerErrors({});
      setLiveErrors({});
    },
    finish,
  };
}

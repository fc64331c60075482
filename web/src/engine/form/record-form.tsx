import { Alert, App, Button } from "antd";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, type VersionConflict } from "@/api/errors";
import { hasDuplicates } from "@/api/may-merge";
import { mergedInto } from "@/api/merge";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { TextPlaceContext } from "@/fields/rich-text/place";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { lazyPart } from "@/ui/lazy-part";
import { useSaveRecord } from "../records";
import { changePanels, formPanels } from "../slots";
import { useMaker } from "../viewer";
import { applyingValues } from "./conditions";
import { focusField } from "./form-field";
import "./form.css";
import { useLeaveGuard } from "@/ui/leave-guard";
import { useEditing } from "../presence/use-editing";
import { FormSections } from "./form-sections";
import { formSections } from "./layout";
import { type FieldConflict, findConflicts, type Side, settle } from "./merge";
import { MergeDialog } from "./merge-dialog";
import { defaultValues } from "./prefill";
import { useFieldNews } from "./use-field-news";
import { useLiveCheck } from "./use-live-check";
import { useRecordForm } from "./use-record-form";

/** Only where people are invited. */
const BusyNote = lazyPart(async () => {
  const [note] = await Promise.all([import("../calendar/busy-note"), activateLateTexts()]);
  return { default: note.BusyNote };
});

/** The objects that are compared: said while one is typed. */
const DuplicateHint = lazyPart(async () => {
  const [hint] = await Promise.all([import("../duplicates/duplicate-hint"), activateLateTexts()]);
  return { default: hint.DuplicateHint };
});

/** Only where the record went into another one while it was open. */
const MergedNote = lazyPart(async () => {
  const [note] = await Promise.all([import("../merge/merged-note"), activateLateTexts()]);
  return { default: note.MergedNote };
});

interface RecordFormProps {
  object: ObjectMeta;
  record: RecordData | null;
  initial: FieldValues;
  onSaved: (record: RecordData) => void;
  onCancel: () => void;
  /** Makes one more right after; only for new records. */
  onSavedAnother?: (record: RecordData) => void;
  /** Whoever is told of the record made says so himself. */
  quiet?: boolean;
  /** Tells whoever closes the form from outside (a drawer) whether something would be lost. */
  onDirty?: (dirty: boolean) => void;
}

interface OpenConflict {
  conflict: VersionConflict;
  fields: FieldConflict[];
}

/** Creates or changes a record. Whatever goes wrong, what was typed stays. */
export function RecordFormView(props: RecordFormProps) {
  const { object, record, initial, onSaved, onCancel, onSavedAnother, onDirty, quiet } = props;
  const { t } = useTranslation();
  const formats = useFormats();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const root = useRef<HTMLFormElement>(null);
  const sections = useMemo(() => formSections(object), [object]);
  const fields = useMemo(() => sections.flatMap((section) => section.fields), [sections]);
  const maker = useMaker();
  // Taken once: the form must not begin again because the caller made a new object of the same values.
  const [start] = useState(() => (record ? {} : { ...defaultValues(object.fields, maker), ...initial }));
  const form = useRecordForm({ object: object.name, fields, record, initial: start });
  const save = useSaveRecord(object.name);
  const news = useFieldNews(object.name, record?.id ?? null);
  const others = useEditing(object.name, record?.id ?? null);
  const Panel = formPanels.get(object.name);
  const [problem, setProblem] = useState<string | null>(null);
  const [merged, setMerged] = useState<{ object: string; id: string } | null>(null);
  const [open, setOpen] = useState<OpenConflict | null>(null);
  // One key for one intention: a second press of "save" after a lost answer must not make a second record.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const releaseGuard = useLeaveGuard(form.dirty, "kept");
  useEffect(() => onDirty?.(form.dirty), [form.dirty, onDirty]);

  const toSend = () => (record ? form.changes : applyingValues({ ...start, ...form.values }, form.states));
  const checkLeft = useLiveCheck({
    object: object.name,
    record,
    values: form.values,
    toSend,
    active: form.begun && form.dirty && !save.isPending,
    onAnswer: form.showLiveErrors,
  });

  const write = async (changes: FieldValues, version: number | null, another: boolean) => {
    setProblem(null);
    try {
      const saved = await save.mutateAsync({
        values: changes,
        ...(record ? { id: record.id, version: version ?? record.version, merge: true } : { idempotencyKey: key }),
      });
      form.finish();
      releaseGuard();
      if (!quiet || another) void message.success(t("common.saved"));
      if (another && onSavedAnother) onSavedAnother(saved);
      else onSaved(saved);
    } catch (error) {
      setKey(crypto.randomUUID());
      if (error instanceof ApiError && error.code === "network") setKey(key);
      const conflict = error instanceof ApiError ? error.conflict : null;
      if (conflict) {
        // The server's history knows best what a field held; the form knows where that no longer tells.
        const base = { ...form.base, ...conflict.bases };
        const both = findConflicts(base, conflict.current, changes, conflict.conflictingFields);
        if (both.length > 0) setOpen({ conflict, fields: both });
        else await write(settle(changes, conflict.current, {}), conflict.currentVersion, another);
        return;
      }
      const into = error instanceof ApiError ? mergedInto(error) : null;
      setMerged(into);
      setProblem(into ? null : errorText(error));
      if (error instanceof ApiError && error.fieldErrors.length > 0) {
        form.showServerErrors(error.fieldErrors);
        const first = fields.find((field) => error.fieldErrors.some((one) => one.field.split(".")[0] === field.name));
        requestAnimationFrame(() => focusField(root.current, first?.name));
      }
    }
  };
  const place = useMemo(() => (record ? { object: object.name, id: record.id } : null), [object.name, record]);
  const submit = (another = false) => {
    if (save.isPending) return;
    const wrong = form.check();
    if (wrong.length > 0) {
      setProblem(t("form.problems", { count: wrong.length }));
      requestAnimationFrame(() => focusField(root.current, wrong[0]));
      return;
    }
    if (record && !form.dirty) {
      onCancel();
      return;
    }
    void write(toSend(), form.version, another);
  };
  const settleConflict = (choices: { [field: string]: Side }) => {
    if (!open) return;
    const { conflict } = open;
    const settled = settle(form.changes, conflict.current, choices, { ...form.base, ...conflict.bases });
    setOpen(null);
    form.restart(conflict.current, conflict.currentVersion, settled);
    if (Object.keys(settled).length === 0) {
      form.finish();
      releaseGuard();
      onSaved(conflict.current);
    } else {
      void write(settled, conflict.currentVersion, false);
    }
  };

  return (
    <form
      ref={root}
      className="gx-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
          event.preventDefault();
          event.stopPropagation();
          submit();
        }
      }}
    >
      {hasDuplicates(object) ? (
        // The place is kept from the start: nothing below it moves when something is found.
        <Suspense fallback={<div className="gx-form-strip" />}>
          <DuplicateHint object={object} id={record?.id ?? null} values={form.values} typed={form.dirty} />
        </Suspense>
      ) : null}
      <div className="gx-form-body">
        {form.restoredAt !== null ? (
          <Alert
            type="info"
            showIcon
            closable={{ onClose: form.dismissRestored }}
            title={t("form.restored", { at: formats.relative(new Date(form.restoredAt).toISOString()) })}
            action={
              <Button size="small" onClick={form.discard}>
                {t("form.discardDraft")}
              </Button>
            }
          />
        ) : null}
        {object.views.calendar?.people ? (
          <Suspense fallback={null}>
            <BusyNote object={object} values={form.values} id={record?.id ?? null} />
          </Suspense>
        ) : null}
        {merged ? (
          <Suspense fallback={null}>
            <MergedNote into={merged} />
          </Suspense>
        ) : null}
        {problem ? <Alert type="error" showIcon role="alert" title={problem} /> : null}
        <TextPlaceContext value={place}>
          <FormSections
            object={object.name}
            sections={sections}
            form={form}
            // An input that loads late takes no focus from one somebody types in already.
            autoFocus={!form.dirty}
            news={news}
            editors={others.editors}
            onField={(name) => {
              others.setField(name);
              if (name === null) checkLeft();
            }}
          />
        </TextPlaceContext>
        {Panel && (!record || changePanels.has(object.name)) ? (
          <Suspense fallback={null}>
            <Panel object={object} values={form.values} record={record} />
          </Suspense>
        ) : null}
      </div>
      <div className="gx-form-foot">
        <span className="gx-muted gx-wide-only">{t("form.saveHint")}</span>
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        {onSavedAnother && !record ? (
          <Button onClick={() => submit(true)} disabled={save.isPending}>
            {t("form.saveAnother")}
          </Button>
        ) : null}
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("common.save")}
        </Button>
      </div>
      {open ? (
        <MergeDialog
          conflicts={open.fields}
          fields={fields}
          current={open.conflict.current}
          onSettle={settleConflict}
          onCancel={() => setOpen(null)}
        />
      ) : null}
    </form>
  );
}

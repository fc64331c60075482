import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, type InputRef } from "antd";
import { type Ref, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import type { FieldValue, FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { titleText } from "@/fields/reference/title";
import { textToHtml } from "@/fields/rich-text/plain";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useLeaveGuard } from "@/ui/leave-guard";
import { useUndoToast } from "@/ui/undo-toast";
import { fieldStates } from "../form/conditions";
import { findObject, useMeta } from "../meta";
import { useDeleteRecord, useSaveRecord } from "../records";
import { usePreference } from "../session";
import { useViewer } from "../viewer";
import { ACTIVITY, activityValues, askedFields, inheritedReferences, isPast, NOTE, viaOf } from "./quick-log-values";

export interface QuickLogHandle {
  /** Opens the composer for a kind with the cursor in it; false where the record has no such kind. */
  open(kind: string): boolean;
}

interface QuickLogProps {
  object: ObjectMeta;
  record: RecordData;
  ref?: Ref<QuickLogHandle>;
}

/** What can be logged on a record, for buttons elsewhere on the page. */
export function useLogKinds(object: ObjectMeta): {
  activity: ObjectMeta | null;
  note: ObjectMeta | null;
  kinds: string[];
} {
  const meta = useMeta();
  const { related, quick_log } = object.views.record;
  const activity = viaOf(related, ACTIVITY) ? findObject(meta, ACTIVITY) : null;
  const note = viaOf(related, NOTE) ? findObject(meta, NOTE) : null;
  const kinds = [...(activity?.access.create ? quick_log : []), ...(note?.access.create ? [NOTE] : [])];
  return { activity, note, kinds };
}

/** Logging in place: pick what it was (or press its key), type a line, Ctrl+Enter. */
export function QuickLog({ object, record, ref }: QuickLogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const viewer = useViewer();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const { activity, note, kinds } = useLogKinds(object);
  const [kind, setKind] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<FieldValues>({});
  const [problems, setProblems] = useState<{ [field: string]: string }>({});
  const input = useRef<InputRef>(null);
  useLeaveGuard(text.trim() !== "");
  const saveActivity = useSaveRecord(ACTIVITY);
  const saveNote = useSaveRecord(NOTE);
  const removeActivity = useDeleteRecord(ACTIVITY);
  const removeNote = useDeleteRecord(NOTE);
  // What a kind insists on is usually what it was the last time.
  const [usual, setUsual] = usePreference<{ [kind: string]: { [field: string]: string } }>("quick_log", {});
  const open = (next: string): boolean => {
    if (!kinds.includes(next)) return false;
    if (next !== kind) setAsked({ ...usual[next] });
    setKind(next);
    setProblems({});
    requestAnimationFrame(() => input.current?.focus());
    return true;
  };
  useImperativeHandle(ref, () => ({ open }));
  if (kinds.length === 0) return null;

  const kindField = activity?.fields.find((field) => field.name === "kind");
  const kindLabel = (name: string) =>
    name === NOTE
      ? label(note?.label)
      : label(kindField?.options?.find((option) => option.value === name)?.label) || name;
  const related = object.views.record.related;
  const via = viaOf(related, kind === NOTE ? NOTE : ACTIVITY) ?? "";
  const fields = activity && kind && kind !== NOTE ? askedFields(activity, kind, via) : [];
  const states = fieldStates(activity?.fields ?? [], { ...asked, kind }, viewer);
  const target = kind === NOTE ? note : activity;
  const references = target && via ? inheritedReferences(target, via, object, record) : {};
  const busy = saveActivity.isPending || saveNote.isPending;
  const close = () => {
    setKind(null);
    setProblems({});
  };

  const submit = async () => {
    if (busy || !kind) return;
    if (!target) return;
    const missing = fields.filter((field) => states.get(field.name)?.required && isEmptyValue(asked[field.name]));
    const blank = text.trim() === "" && !isPast(kind);
    if (missing.length > 0 || blank) {
      setProblems({
        ...Object.fromEntries(
          missing.map((field) => [field.name, t("common.required", { field: label(field.label) })]),
        ),
        ...(blank ? { text: t("record.logTextRequired") } : {}),
      });
      if (blank) input.current?.focus();
      return;
    }
    const fallback = t("record.logFallback", { kind: kindLabel(kind), name: titleText(record[object.title_field]) });
    const now = new Date().toISOString();
    const values =
      kind === NOTE
        ? { ...references, body: textToHtml(text.trim()) }
        : activityValues({ activity: target, kind, text, fallback, now, asked, references });
    try {
      const saved = await (kind === NOTE ? saveNote : saveActivity).mutateAsync({ values });
      const insisted = fields.filter((field) => states.get(field.name)?.required && field.type === "select");
      if (insisted.length > 0) {
        const chosen = insisted.map((field) => [field.name, String(asked[field.name])]);
        setUsual({ ...usual, [kind]: Object.fromEntries(chosen) });
      }
      setText("");
      setAsked({});
      close();
      void queryClient.invalidateQueries({ queryKey: queryKeys.object(object.name) });
      undoToast(t("record.logged", { kind: kindLabel(kind) }), () => {
        (kind === NOTE ? removeNote : removeActivity)
          .mutateAsync(saved.id)
          .then(() => queryClient.invalidateQueries({ queryKey: queryKeys.object(object.name) }))
          .catch((error: unknown) => void message.error(errorText(error)));
      });
    } catch (error) {
      const found = error instanceof ApiError ? error.fieldErrors : [];
      setProblems({
        ...Object.fromEntries(found.map((one) => [one.field, one.message])),
        text: errorText(error),
      });
    }
  };

  return (
    <div className="gx-log" data-open={kind !== null || undefined}>
      <div className="gx-log-kinds" role="toolbar" aria-label={t("record.quickLog")}>
        {kinds.map((name) => (
          <Button
            key={name}
            size="small"
            type={kind === name ? "primary" : "default"}
            aria-pressed={kind === name}
            onClick={() => (kind === name ? close() : open(name))}
          >
            {kindLabel(name)}
          </Button>
        ))}
      </div>
      {kind ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              void submit();
            } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
              // It chooses a day or an option; the form itself is not sent by that.
              event.preventDefault();
            } else if (event.key === "Escape") {
              event.stopPropagation();
              close();
            }
          }}
        >
          <Input.TextArea
            ref={input}
            value={text}
            onChange={(event) => setText(event.target.value)}
            autoSize={{ minRows: kind === NOTE ? 3 : 2, maxRows: 10 }}
            placeholder={isPast(kind) ? t("record.logPast") : kind === NOTE ? t("record.logNote") : t("record.logTask")}
            status={problems.text ? "error" : ""}
            aria-label={kindLabel(kind)}
          />
          {fields.length > 0 ? (
            <div className="gx-log-fields">
              {fields
                .filter((field) => states.get(field.name)?.visible)
                .map((field) => (
                  <div key={field.name}>
                    <span className="gx-inline-label">
                      {label(field.label)}
                      {states.get(field.name)?.required ? <span className="gx-required">*</span> : null}
                    </span>
                    <FieldInput
                      field={field}
                      id={`log-${field.name}`}
                      value={asked[field.name]}
                      values={{ ...references, ...asked }}
                      status={problems[field.name] ? "error" : undefined}
                      onChange={(value: FieldValue) => setAsked((current) => ({ ...current, [field.name]: value }))}
                    />
                  </div>
                ))}
            </div>
          ) : null}
          {Object.values(problems).length > 0 ? (
            <div role="alert" className="gx-field-problem">
              {[...new Set(Object.values(problems))].join(" ")}
            </div>
          ) : null}
          <div className="gx-log-foot">
            <span className="gx-muted">{t("form.saveHint")}</span>
            <Button size="small" onClick={close}>
              {t("common.cancel")}
            </Button>
            <Button size="small" type="primary" htmlType="submit" loading={busy}>
              {t("record.log")}
            </Button>
          </div>
        </form>
      ) : null}
    </div>
  );
}

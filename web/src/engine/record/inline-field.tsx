import { CheckOutlined, CloseOutlined, EditOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type KeyboardEvent, Suspense, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta, FieldValue, FieldValues, RecordData } from "@/api/types";
import { checkValue, type ValueProblem } from "@/fields/check";
import { FieldDisplay } from "@/fields/field-display";
import { FieldInput } from "@/fields/field-input";
import { MaskedHint } from "@/fields/masked-hint";
import { TextPlaceContext, TogetherContext } from "@/fields/rich-text/place";
import { asReference, isEmptyValue, sameValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useOthers, usePresence } from "@/realtime/presence";
import { useErrorText } from "@/ui/error-text";
import { ChangedNote } from "../form/changed-note";
import { useProblemText } from "../form/form-field";
import { isWide } from "../form/layout";
import { fieldParts } from "../slots";
import { FieldSourceHint } from "./field-source-hint";

interface InlineFieldProps {
  object: string;
  field: FieldMeta;
  record: RecordData;
  value: FieldValue | undefined;
  editable: boolean;
  required: boolean;
  /** Saves what was based on this version of the record. */
  onSave: (values: FieldValues, version?: number) => Promise<void>;
  /** Hears that what was typed is not saved: told where the field may be out of sight by then. */
  onRefused?: (() => void) | undefined;
}

/** Layers that open from an input but are drawn elsewhere: a click there is still a click in the field. */
const LAYERS =
  ".ant-select-dropdown, .ant-picker-dropdown, .ant-modal-root, .ant-drawer, .ant-popover, .ant-image-preview";
/** Types whose list or calendar opens at once: one press shows what there is to choose. */
const CHOICES = new Set(["select", "multi_select", "boolean", "reference", "user", "department", "date", "datetime"]);

/** A value that becomes its own input when pressed. Enter saves, Esc gives up, leaving saves. */
export function InlineField(props: InlineFieldProps) {
  const { object, field, record, value, editable, required, onSave, onRefused } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const part = fieldParts.get(`${object}.${field.name}`);
  const [editing, setEditing] = useState(false);
  // What a text edited together says, until the record has it too.
  const [ahead, setAhead] = useState<{ html: string; version: number } | null>(null);
  const shown = ahead && ahead.version === record.version ? ahead.html : value;
  const editor = useOthers(object, record.id).find((other) => other.field === field.name);
  return (
    <div
      className="gx-inline"
      data-inline={field.name}
      data-editable={editable || undefined}
      data-wide={isWide(field) || undefined}
    >
      <span className="gx-inline-label">
        <FieldSourceHint object={object} record={record} field={field.name}>
          {label(field.label)}
        </FieldSourceHint>
        <MaskedHint field={field} />
        {editor ? (
          <span className="gx-editing-now">{t("form.editingNow", { name: editor.label ?? t("form.somebody") })}</span>
        ) : null}
      </span>
      {editing ? (
        <InlineEditor
          object={object}
          field={field}
          record={record}
          value={value}
          required={required}
          onSave={onSave}
          onRefused={onRefused}
          onClose={() => setEditing(false)}
          onAhead={(html) => setAhead({ html, version: record.version })}
        />
      ) : (
        <div className="gx-inline-value">
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the pencil beside it is the way for the keyboard */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the pencil beside it is the way for the keyboard */}
          <div
            className="gx-inline-text"
            onClick={(event) => {
              const onLink = (event.target as HTMLElement).closest("a, button, img, .ant-image");
              if (editable && !onLink && String(getSelection() ?? "") === "") setEditing(true);
            }}
          >
            {part && !isEmptyValue(shown) ? (
              <Suspense fallback={null}>
                <part.Display field={field} value={shown} variant="page" />
              </Suspense>
            ) : (
              <FieldDisplay field={field} value={shown} variant="page" record={record} />
            )}
          </div>
          {editable ? (
            <Button
              type="text"
              size="small"
              className="gx-inline-pencil"
              icon={<EditOutlined />}
              aria-label={t("record.editField", { field: label(field.label) })}
              onClick={() => setEditing(true)}
            />
          ) : null}
        </div>
      )}
    </div>
  );
}

type EditorProps = Omit<InlineFieldProps, "editable"> & { onClose: () => void; onAhead: (html: string) => void };

function InlineEditor(props: EditorProps) {
  const { object, field, record, value, required, onSave, onRefused, onClose, onAhead } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const errorText = useErrorText();
  const problemText = useProblemText();
  const id = useId();
  const Input = fieldParts.get(`${object}.${field.name}`)?.Input ?? FieldInput;
  const root = useRef<HTMLDivElement>(null);
  // What others change meanwhile comes in by `record`; this edit began from what was there then.
  const [begun] = useState({ value, version: record.version });
  usePresence(object, record.id, { field: field.name });
  const theirs = sameValue(begun.value, value) ? null : asReference(record.updated_by);
  const [draft, setDraft] = useState<FieldValue | undefined>(value);
  const [problem, setProblem] = useState<ValueProblem | string | null>(null);
  const [busy, setBusy] = useState(false);
  // A text that is edited together saves itself.
  const [together, setTogether] = useState(false);
  const place = useMemo(() => ({ object, id: record.id }), [object, record.id]);
  const ahead = useRef(onAhead);
  useEffect(() => {
    ahead.current = onAhead;
  });
  const told = useMemo(
    () => ({
      begin: () => setTogether(true),
      end: (html: string) => {
        setTogether(false);
        ahead.current(html);
      },
    }),
    [],
  );

  const commit = async (next: FieldValue | undefined) => {
    if (busy) return;
    if (sameValue(next, begun.value)) {
      onClose();
      return;
    }
    const wrong = checkValue(field, next, required);
    if (wrong) {
      setProblem(wrong);
      onRefused?.();
      return;
    }
    setBusy(true);
    try {
      await onSave({ [field.name]: next ?? null }, begun.version);
      onClose();
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
      onRefused?.();
    }
  };
  const latest = useRef(() => {});
  useEffect(() => {
    latest.current = () => void commit(draft);
  });
  useEffect(() => {
    const press = (event: MouseEvent) => {
      const target = event.target as Element | null;
      if (!root.current || !target || root.current.contains(target) || target.closest(LAYERS)) return;
      latest.current();
    };
    document.addEventListener("mousedown", press);
    return () => document.removeEventListener("mousedown", press);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const listOpen = root.current?.querySelector(".ant-select-open, .ant-picker-focused") !== null;
    const oneLine = event.target instanceof HTMLInputElement;
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (oneLine && !listOpen))) {
      event.preventDefault();
      event.stopPropagation();
      void commit(draft);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the input inside
    <div ref={root} className="gx-inline-editor" onKeyDown={onKeyDown}>
      <TextPlaceContext value={place}>
        <TogetherContext value={told}>
          <Suspense fallback={null}>
            <Input
              field={{ ...field, required }}
              value={draft}
              values={record}
              id={id}
              autoFocus
              inline={CHOICES.has(field.type)}
              status={problem ? "error" : undefined}
              describedBy={problem ? `${id}-problem` : `${id}-name`}
              onChange={(next) => {
                setDraft(next);
                setProblem(null);
              }}
              onFinish={(next) => {
                setDraft(next);
                void commit(next);
              }}
            />
          </Suspense>
        </TogetherContext>
      </TextPlaceContext>
      <span id={`${id}-name`} className="gx-visually-hidden">
        {label(field.label)}
      </span>
      <span className="gx-inline-buttons">
        <Button
          type="primary"
          size="small"
          icon={<CheckOutlined />}
          loading={busy}
          aria-label={together ? t("common.close") : t("common.save")}
          onClick={() => void commit(draft)}
        />
        {together ? null : (
          <Button size="small" icon={<CloseOutlined />} aria-label={t("common.cancel")} onClick={onClose} />
        )}
      </span>
      {theirs && !together ? (
        <ChangedNote field={field} by={theirs.label} value={value} onTake={() => setDraft(value)} />
      ) : null}
      {problem ? (
        <div id={`${id}-problem`} role="alert" className="gx-field-problem">
          {problemText(problem, field)}
        </div>
      ) : null}
    </div>
  );
}

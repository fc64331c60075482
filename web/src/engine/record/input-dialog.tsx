import { Alert, Modal } from "antd";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "@/api/errors";
import type { FieldMeta, FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { isNeeded } from "../board/moves";
import { applyingValues } from "../form/conditions";
import { focusField } from "../form/form-field";
import { defaultValues } from "../form/prefill";
import { useMaker } from "../viewer";
import "../form/form.css";
import { useCloseGuard } from "@/ui/leave-guard";
import { FormSections } from "../form/form-sections";
import { useRecordForm } from "../form/use-record-form";

interface InputDialogProps {
  title: string;
  text?: ReactNode;
  okText: string;
  danger?: boolean;
  object: ObjectMeta;
  record: RecordData | null;
  fields: FieldMeta[];
  /** What is already decided, such as the stage chosen on the bar. */
  given?: FieldValues;
  /** Why it was refused before it was asked for. */
  refused?: ApiError | null;
  /** What to ask besides because the server's refusal names it. */
  alsoAsk?: (error: ApiError, asked: FieldMeta[]) => FieldMeta[];
  /** What is told of the values below the fields, before anything is done. */
  panel?: (values: FieldValues) => ReactNode;
  onSubmit: (values: FieldValues) => Promise<void>;
  onClose: () => void;
}

/** A small form in a dialog: an action's input, or what a change needs to know. It closes when the server agreed. */
export function InputDialog(props: InputDialogProps) {
  const {
    title,
    text,
    okText,
    danger,
    object,
    record,
    fields: asked,
    given,
    refused,
    alsoAsk,
    panel,
    onSubmit,
    onClose,
  } = props;
  const errorText = useErrorText();
  const root = useRef<HTMLFormElement>(null);
  const maker = useMaker();
  const [more, setMore] = useState<FieldMeta[]>([]);
  const [refusal, setRefusal] = useState<ApiError | null>(refused ?? null);
  // An input that stands for a field of the record takes that field's choices.
  const fields = useMemo(
    () =>
      [...asked, ...more].map((input) => {
        const own = object.fields.find((field) => field.name === input.name);
        const options = own?.options && !input.options?.length ? { options: own.options } : {};
        return { ...input, ...options, required: input.required || isNeeded(refusal, input.name) };
      }),
    [asked, more, object, refusal],
  );
  const sections = useMemo(() => [{ name: "", label: null, fields }], [fields]);
  const around = useMemo(() => ({ fields: object.fields, values: { ...record, ...given } }), [object, record, given]);
  const form = useRecordForm({
    object: object.name,
    fields,
    record: null,
    initial: { ...defaultValues(fields, maker), ...given },
    keepDraft: false,
    around,
  });
  const { close } = useCloseGuard(form.dirty, onClose);
  const { showServerErrors } = form;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when it opens
  useEffect(() => {
    if (refused) showServerErrors(refused.fieldErrors);
  }, []);
  /** What is wrong besides what stands at its field: a move that is not allowed, tasks that are not done. */
  const problemIn = (error: unknown, known: FieldMeta[]): string | null => {
    if (!(error instanceof ApiError) || error.fieldErrors.length === 0) return errorText(error);
    const others = error.fieldErrors.filter((one) => !known.some((field) => field.name === one.field.split(".")[0]));
    return others.length > 0 ? others.map((one) => one.message).join("\n") : null;
  };
  const [problem, setProblem] = useState<string | null>(refused ? problemIn(refused, fields) : null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const wrong = form.check();
    if (wrong.length > 0) {
      requestAnimationFrame(() => focusField(root.current, wrong[0]));
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit({ ...given, ...applyingValues(form.values, form.states) });
      onClose();
    } catch (error) {
      const named = error instanceof ApiError ? (alsoAsk?.(error, fields) ?? []) : [];
      if (error instanceof ApiError) {
        setMore((known) => [...known, ...named]);
        setRefusal(error);
        showServerErrors(error.fieldErrors);
      }
      setProblem(problemIn(error, [...fields, ...named]));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={title}
      okText={okText}
      okButtonProps={{ danger: Boolean(danger), loading: busy }}
      onOk={() => void submit()}
      onCancel={close}
      width={fields.length > 5 ? 680 : 520}
    >
      {text ? <p className="gx-muted">{text}</p> : null}
      {problem ? <Alert type="error" showIcon title={problem} role="alert" className="gx-dialog-alert" /> : null}
      <form
        ref={root}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void submit();
          }
        }}
      >
        <FormSections sections={sections} form={form} autoFocus />
        {panel?.(form.values)}
        <button type="submit" hidden />
      </form>
    </Modal>
  );
}

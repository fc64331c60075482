import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Input, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { plainField } from "@/api/plain-field";
import { completeStep, readStepForm, type StepForm, TASK } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import type { FieldMeta, FieldValue, FieldValues } from "@/api/types";
import { FormField, focusField } from "@/engine/form/form-field";
import { findField, findObject, useMeta } from "@/engine/meta";
import type { ActionScreenProps } from "@/engine/slots";
import { checkValue, type ValueProblem } from "@/fields/check";
import { RecordLink } from "@/fields/record-link";
import { ErrorState } from "@/ui/error-state";
import { useCloseGuard } from "@/ui/leave-guard";
import { SideDrawer } from "@/ui/side-drawer";
import { questionField } from "./questions";
import { changedValues, isTyped, wireOf } from "./step-values";
import { useCaseChange } from "./use-case-change";
import "@/engine/form/form.css";
import "./processes.css";

/** Instead of the form of the action's input: a task that is a step of a case is completed with what the step asks. */
export function StepFormScreen({ record, onClose }: ActionScreenProps) {
  return <StepFormDrawer task={record.id} onClose={onClose} />;
}

/** What a step asks of whoever completes it, beside the page. */
export function StepFormDrawer({ task, onClose }: { task: string; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useQuery({
    queryKey: [...queryKeys.record(TASK, task), "step-form"],
    queryFn: () => readStepForm(task),
    staleTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  if (form.data) return <Filling key={task} task={task} form={form.data} onClose={onClose} />;
  return (
    <SideDrawer title={t("processes.complete")} onClose={onClose}>
      {form.error ? (
        <ErrorState error={form.error} onRetry={() => void form.refetch()} />
      ) : (
        <Skeleton active paragraph={{ rows: 8 }} />
      )}
    </SideDrawer>
  );
}

const ALWAYS = { visible: true, readOnly: false };

function Filling({ task, form, onClose }: { task: string; form: StepForm; onClose: () => void }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const { message } = App.useApp();
  const object = form.record ? findObject(meta, form.record.object) : null;
  // Only what is typed is held here: what is left alone goes with what the record holds by now.
  const [typedAnswers, setAnswers] = useState<FieldValues>({});
  const [typedValues, setValues] = useState<FieldValues>({});
  const answers: FieldValues = { ...form.answers, ...typedAnswers };
  const values: FieldValues = {
    ...Object.fromEntries(form.fields.map(({ name, value }) => [name, value as FieldValue])),
    ...typedValues,
  };
  const [outcome, setOutcome] = useState("");
  const [wrong, setWrong] = useState<{ [place: string]: ValueProblem | null }>({});
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [root, setRoot] = useState<HTMLElement | null>(null);
  const { run, busy, problem, error } = useCaseChange();
  const { close, release } = useCloseGuard(isTyped(form, typedValues, typedAnswers, outcome), onClose);
  const asked = [
    ...form.fields.map((one) => ({
      place: `values.${one.name}`,
      // Who may not see the field has what the step says of it.
      field: (object && findField(object, one.name)) ?? plainField(one.name, "text", one.label),
      readOnly: !one.may_write,
    })),
    ...form.questions.map((one) => ({ place: `answers.${one.name}`, field: questionField(one), readOnly: false })),
  ];
  const valueAt = (place: string, field: FieldMeta) => (place.startsWith("values.") ? values : answers)[field.name];
  const local = (): string | null => {
    const found = asked.flatMap(({ place, field, readOnly }) => {
      const bad = readOnly
        ? null
        : checkValue(field, valueAt(place, field), field.required || place.startsWith("values."));
      return bad ? [{ place, bad }] : [];
    });
    setWrong(Object.fromEntries(found.map(({ place, bad }) => [place, bad])));
    return found[0]?.place ?? null;
  };
  const told = (place: string) =>
    wrong[place] ?? error?.fieldErrors.find((one) => one.field === place)?.message ?? null;
  const unplaced =
    error && error.fieldErrors.length > 0
      ? error.fieldErrors.filter((one) => !asked.some(({ place }) => place === one.field))
      : [];
  const submit = async () => {
    const first = local();
    if (first) {
      requestAnimationFrame(() => focusField(root, first.split(".")[1]));
      return;
    }
    const changed = changedValues(form.fields, typedValues);
    const done = await run(() =>
      completeStep(
        task,
        {
          ...(form.questions.length > 0 ? { answers: wireOf(answers) } : {}),
          ...(Object.keys(changed).length > 0 ? { values: wireOf(changed) } : {}),
          ...(outcome.trim() ? { description: outcome.trim() } : {}),
        },
        key,
      ),
    );
    // What was refused was not done: pressed again, it is another intention.
    setKey(crypto.randomUUID());
    if (!done) return;
    release();
    void message.success(t("processes.completed", { step: form.step.name }));
    onClose();
  };
  const line = ({ place, field, readOnly }: (typeof asked)[number]) => (
    <FormField
      key={place}
      field={field}
      value={valueAt(place, field)}
      values={place.startsWith("values.") ? values : answers}
      state={{ ...ALWAYS, readOnly, required: place.startsWith("values.") || field.required }}
      problem={told(place)}
      onChange={(next) => {
        (place.startsWith("values.") ? setValues : setAnswers)((now) => ({ ...now, [field.name]: next }));
        setWrong((now) => ({ ...now, [place]: null }));
      }}
      onLeave={() => {}}
    />
  );
  const { total, done } = form.checklist;
  return (
    <SideDrawer
      title={form.step.name}
      onClose={close}
      footer={
        <span className="gx-process-buttons">
          <Button type="primary" loading={busy} onClick={() => void submit()}>
            {t("processes.complete")}
          </Button>
          <Button onClick={close}>{t("common.cancel")}</Button>
        </span>
      }
    >
      <div ref={setRoot} className="gx-step-form">
        <section>
          <p className="gx-process-facts">
            <span>
              {t("processes.case")}
              <RecordLink object="process_case" id={form.case.id}>
                {form.case.name}
              </RecordLink>
            </span>
            {form.record ? (
              <span>
                {t("processes.about")}
                <RecordLink object={form.record.object} id={form.record.id}>
                  {form.record.label ?? t("common.notVisible")}
                </RecordLink>
              </span>
            ) : null}
          </p>
          {form.step.instructions ? <div className="gx-step-instructions">{form.step.instructions}</div> : null}
          {problem && (!error || unplaced.length > 0 || error.fieldErrors.length === 0) ? (
            <Alert
              type="error"
              showIcon
              role="alert"
              title={unplaced.length > 0 ? unplaced.map((one) => one.message).join("\n") : problem}
            />
          ) : null}
          {total > 0 && done < total ? (
            <Alert
              type="info"
              showIcon
              title={t("processes.checklist", { done, total })}
              action={
                <RecordLink object={TASK} id={task}>
                  {t("processes.openTask")}
                </RecordLink>
              }
            />
          ) : null}
        </section>
        {form.fields.length > 0 ? (
          <section>
            <h3>{t("processes.fields")}</h3>
            {asked.filter(({ place }) => place.startsWith("values.")).map(line)}
          </section>
        ) : null}
        {form.questions.length > 0 ? (
          <section>
            <h3>{t("processes.questions.title")}</h3>
            {asked.filter(({ place }) => place.startsWith("answers.")).map(line)}
          </section>
        ) : null}
        <section>
          <label htmlFor="process-outcome" className="gx-form-label">
            {t("processes.outcome")}
          </label>
          <Input.TextArea
            id="process-outcome"
            value={outcome}
            onChange={(event) => setOutcome(event.target.value)}
            maxLength={2000}
            autoSize={{ minRows: 2, maxRows: 8 }}
          />
        </section>
      </div>
    </SideDrawer>
  );
}

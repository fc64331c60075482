import { CheckOutlined } from "@ant-design/icons";
import { App } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import type { FieldMeta, FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { settingsOf } from "../board/hints";
import { inputsNamed, ownValues } from "../board/moves";
import { mayGo, useStepLimits } from "../board/step-limits";
import { isUsedBy, useStepSource } from "../board/used-steps";
import { useMeta } from "../meta";
import { useViewer } from "../viewer";
import { InputDialog } from "./input-dialog";
import { StageGuide } from "./stage-guide";
import { planMove, stageField, stageSteps } from "./stages";
import { useRunAction } from "./use-run-action";

interface StageBarProps {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
  onSave: (values: FieldValues) => Promise<void>;
}

/** Where a record stands, as steps; a press moves it. What the step demands to know is asked first. */
export function StageBar({ object, record, editable, onSave }: StageBarProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const viewer = useViewer();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const run = useRunAction(object);
  const bar = useRef<HTMLOListElement>(null);
  const [asking, setAsking] = useState<{ to: string; ask: FieldMeta[]; refused: ApiError | null } | null>(null);
  const meta = useMeta();
  const field = stageField(object);
  const settings = useMemo(() => (field ? settingsOf(meta, object, field.name) : null), [meta, object, field]);
  const limits = useStepLimits(settings, record);
  const { source, sets } = useStepSource(object, field?.name ?? "");
  const current = field ? asText(record[field.name]) : "";
  useEffect(() => {
    const step = bar.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(current)}"]`);
    if (step && bar.current)
      bar.current.scrollLeft = step.offsetLeft - bar.current.clientWidth / 2 + step.clientWidth / 2;
  }, [current]);
  if (!field) return null;
  const steps = stageSteps(field, current).filter(
    (step) => step.value === current || isUsedBy(source, sets, record, step.value),
  );
  const at = steps.findIndex((step) => step.value === current);
  const closed = steps[at]?.closed === true;
  const isOpen = (to: string) => mayGo(field.options ?? [], limits, current, to);
  const move = async (to: string, values: FieldValues) => {
    const { action } = planMove(object, record, to, viewer);
    if (action) {
      const own = ownValues(object, action, values);
      // What the action does not take is saved first: the move is allowed only with it.
      if (Object.keys(own).length > 0) await onSave(own);
      const taken = Object.fromEntries(Object.entries(values).filter(([name]) => !(name in own)));
      await run.mutateAsync({ id: record.id, action, input: { ...taken, [field.name]: to } });
      void message.success(t("record.moved", { step: label(steps.find((step) => step.value === to)?.label) }));
    } else {
      await onSave({ ...values, [field.name]: to });
    }
  };
  const press = (to: string) => {
    if (to === current || run.isPending) return;
    const { ask } = planMove(object, record, to, viewer);
    if (ask.length > 0) {
      setAsking({ to, ask, refused: null });
      return;
    }
    move(to, {}).catch((error: unknown) => {
      const named = error instanceof ApiError ? namedBy(error, []) : [];
      if (named.length > 0) setAsking({ to, ask: named, refused: error as ApiError });
      else void message.error(errorText(error));
    });
  };
  const namedBy = (error: ApiError, asked: FieldMeta[]) => {
    const { action } = planMove(object, record, "", viewer);
    return inputsNamed(object, action, field.name, error.fieldErrors, asked);
  };
  return (
    <>
      <div className="gx-steps-row">
        <ol ref={bar} className="gx-steps" aria-label={label(field.label)}>
          {steps.map((step, index) => {
            const passed = !closed && index < at && !step.closed;
            const state =
              index === at ? (step.closed ? (step.won ? "won" : "lost") : "current") : passed ? "passed" : "open";
            const moving = run.isPending && run.variables?.input[field.name] === step.value;
            return (
              <li key={step.value} data-step={step.value} data-state={state} data-end={step.closed || undefined}>
                <button
                  type="button"
                  disabled={!editable || run.isPending || !isOpen(step.value)}
                  aria-current={index === at ? "step" : undefined}
                  data-moving={moving || undefined}
                  onClick={() => press(step.value)}
                >
                  {passed || state === "won" ? <CheckOutlined /> : null}
                  {label(step.label)}
                </button>
              </li>
            );
          })}
        </ol>
        {settings ? <StageGuide settings={settings} record={record} step={label(steps[at]?.label)} /> : null}
      </div>
      {asking ? (
        <InputDialog
          title={t("record.moveTitle", { step: label(steps.find((step) => step.value === asking.to)?.label) })}
          okText={t("common.confirm")}
          object={object}
          record={record}
          fields={asking.ask}
          given={{ [field.name]: asking.to }}
          refused={asking.refused}
          alsoAsk={namedBy}
          onSubmit={(values) => move(asking.to, values)}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </>
  );
}

import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { STEP } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import { deleteRecord, readRecord, restoreRecord, updateRecord } from "@/api/records";
import type { RecordValues } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { mayWaitFor } from "./lanes";
import type { DueUnit, TemplateParts, TemplateStepData } from "./template-model";

interface TemplateStepProps {
  step: TemplateStepData;
  parts: TemplateParts;
  mayEdit: boolean;
  mayDelete: boolean;
  onAddAfter: (() => void) | null;
  onChanged: () => void;
}

/** The chosen step of a template: what matters for the picture is changed here, everything else in its form. */
export function TemplateStep({ step, parts, mayEdit, mayDelete, onAddAfter, onChanged }: TemplateStepProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const during = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy(false);
      onChanged();
    }
  };
  const save = (values: RecordValues) =>
    during(() => updateRecord(STEP, step.id, values, { version: step.version, merge: true }));
  const drawn = parts.steps.map(({ id, name, role, after }) => ({ id, name, lane: role, after }));
  // A circle could never begin: what would close one is not offered.
  const offered = parts.steps.filter(({ id }) => step.after.includes(id) || mayWaitFor(drawn, step.id, id));
  const edit = async () => {
    try {
      const record = await queryClient.fetchQuery({
        queryKey: queryKeys.record(STEP, step.id),
        queryFn: ({ signal }) => readRecord(STEP, step.id, undefined, signal),
      });
      forms.edit(STEP, record, onChanged);
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  const remove = () =>
    during(async () => {
      await deleteRecord(STEP, step.id);
      undoToast(t("processes.stepDeleted", { name: step.name }), () => {
        void restoreRecord(STEP, step.id).then(onChanged, (error: unknown) => void message.error(errorText(error)));
      });
    });
  return (
    <section className="gx-step-detail" aria-label={step.name}>
      <header>
        <h3>{step.name}</h3>
        <Button size="small" icon={<EditOutlined />} onClick={() => void edit()}>
          {t(mayEdit ? "processes.editAll" : "processes.look")}
        </Button>
        {onAddAfter ? (
          <Button size="small" icon={<PlusOutlined />} onClick={onAddAfter}>
            {t("processes.addAfter")}
          </Button>
        ) : null}
        {mayDelete ? (
          <Button size="small" danger icon={<DeleteOutlined />} disabled={busy} onClick={() => void remove()}>
            {t("common.delete")}
          </Button>
        ) : null}
      </header>
      <div className="gx-step-edit">
        <label htmlFor="process-step-name">
          <span>{t("processes.stepName")}</span>
          <Input
            id="process-step-name"
            key={step.name}
            defaultValue={step.name}
            disabled={!mayEdit || busy}
            maxLength={120}
            onBlur={(event) => {
              const name = event.target.value.trim();
              if (name && name !== step.name) void save({ name });
            }}
            onPressEnter={(event) => event.currentTarget.blur()}
          />
        </label>
        <label htmlFor="process-step-role">
          <span>{t("processes.role")}</span>
          <Select
            id="process-step-role"
            value={step.role || undefined}
            disabled={!mayEdit || busy}
            onChange={(role: string) => void save({ role })}
            options={parts.roles.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </label>
        <label htmlFor="process-step-after">
          <span>{t("processes.after")}</span>
          <Select<string[]>
            id="process-step-after"
            mode="multiple"
            value={step.after}
            disabled={!mayEdit || busy}
            placeholder={t("processes.atOnce")}
            onChange={(after) => void save({ after })}
            options={offered.filter(({ id }) => id !== step.id).map(({ id, name }) => ({ value: id, label: name }))}
            showSearch={{ optionFilterProp: "label" }}
          />
        </label>
        <label htmlFor="process-step-due">
          <span>{t("processes.dueIn")}</span>
          <span className="gx-process-buttons">
            <InputNumber<number>
              id="process-step-due"
              key={step.dueIn}
              {...(step.dueIn === null ? {} : { defaultValue: step.dueIn })}
              min={1}
              max={2000}
              precision={0}
              disabled={!mayEdit || busy}
              onBlur={(event) => {
                const typed = event.target.value.trim() === "" ? null : Number(event.target.value);
                if (typed !== step.dueIn && (typed === null || Number.isFinite(typed))) {
                  void save({ due_in: typed, due_unit: step.dueUnit });
                }
              }}
              onPressEnter={(event) => event.currentTarget.blur()}
              style={{ width: 96 }}
            />
            <Select<DueUnit>
              value={step.dueUnit}
              disabled={!mayEdit || busy}
              onChange={(unit) => void save({ due_unit: unit })}
              options={(["working_days", "working_hours"] as const).map((unit) => ({
                value: unit,
                label: t(`processes.units.${unit}`),
              }))}
              aria-label={t("processes.dueIn")}
              style={{ width: 140 }}
            />
          </span>
        </label>
      </div>
    </section>
  );
}

import { CheckCircleFilled, ClockCircleOutlined, EditOutlined, WarningOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import type { FieldValues } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { findField, findObject, useMeta } from "@/engine/meta";
import { InlineField } from "@/engine/record/inline-field";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { useMaker } from "@/engine/viewer";
import { referenceTo } from "@/fields/reference/title";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { budgetSpent, partOf, type Step, type StepState, stepShown, stepsOf, timeOver } from "./steps";

/** What is written at each step, besides its own text. */
const FIELDS: Record<Step, string[]> = {
  research: ["research"],
  plan: ["goal", "plan", "starts_on", "ends_on", "expected_leads", "budget"],
  execution: ["execution"],
  review: ["review"],
};

const SIGNS: Record<StepState, ReactNode> = {
  done: <CheckCircleFilled />,
  current: <EditOutlined />,
  missing: <WarningOutlined />,
  ahead: <ClockCircleOutlined />,
};

/** Research, plan, execution and review of a campaign: where it is, and what is written of each. */
export function CampaignSteps(props: RecordPanelProps) {
  const { object, record } = props;
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [chosen, setChosen] = useState<Step | null>(null);
  const seen = stepsOf(record).filter(({ step }) => findField(object, step) && record[step] !== undefined);
  if (seen.length === 0) return null;
  const shown = seen.find(({ step }) => step === (chosen ?? stepShown(record)))?.step ?? seen[0]?.step ?? "plan";
  // A text is saved by leaving it, often for another step: where it is refused, its step is what is shown.
  const refused = (step: Step) => {
    setChosen(step);
    void message.error(t("marketing.unsaved", { step: t(`marketing.steps.${step}`) }));
  };
  return (
    <div className="gx-campaign-steps">
      <ol className="gx-campaign-steps-line">
        {seen.map(({ step, state }) => (
          <li key={step} data-state={state}>
            <button
              type="button"
              aria-expanded={step === shown}
              aria-controls="gx-campaign-steps-body"
              aria-current={state === "current" ? "step" : undefined}
              onClick={() => setChosen(step)}
            >
              <span aria-hidden>{SIGNS[state]}</span>
              <b>{t(`marketing.steps.${step}`)}</b>
              <small>{t(`marketing.states.${state}`)}</small>
            </button>
          </li>
        ))}
      </ol>
      <div id="gx-campaign-steps-body" className="gx-campaign-steps-body">
        {shown === "execution" ? <Progress {...props} /> : null}
        {/* The others stay, out of sight, with what is being written in them. */}
        {seen.map(({ step }) => (
          <div key={step} hidden={step !== shown}>
            <StepFields {...props} step={step} onRefused={() => refused(step)} />
          </div>
        ))}
      </div>
    </div>
  );
}

function StepFields(props: RecordPanelProps & { step: Step; onRefused: () => void }) {
  const { object, record, editable, onSave, step, onRefused } = props;
  const label = useLabel();
  const help = editable && isEmptyValue(record[step]) ? label(findField(object, step)?.help) : "";
  return (
    <div className="gx-overview-grid">
      {help ? (
        <p className="gx-muted" data-wide>
          {help}
        </p>
      ) : null}
      {FIELDS[step].map((name) => {
        const field = findField(object, name);
        if (!field || record[name] === undefined) return null;
        return (
          <InlineField
            key={name}
            object={object.name}
            field={field}
            record={record}
            value={record[name]}
            editable={editable && !field.read_only}
            required={false}
            onSave={onSave}
            onRefused={onRefused}
          />
        );
      })}
    </div>
  );
}

/** How far a running campaign is against what was planned, and what is added to it day by day. */
function Progress({ object, record }: RecordPanelProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meta = useMeta();
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const { today } = useMaker();
  const bars = [
    { name: "time", part: timeOver(record, today) },
    { name: "leads", part: partOf(record.leads, record.expected_leads) },
    { name: "budget", part: budgetSpent(record, formats.currency) },
  ] as const;
  const add = (name: string, values: FieldValues) =>
    forms.create(name, { campaign: { ...referenceTo(object, record) }, ...values }, () => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.record(object.name, record.id) });
    });
  const source = isEmptyValue(record.source) ? {} : { source: record.source ?? null };
  const offered = (name: string) => !record.deleted_at && findObject(meta, name)?.access.create === true;
  const shown = bars.filter(({ part }) => part !== null);
  return (
    <>
      {shown.length > 0 ? (
        <ul className="gx-progress-bars">
          {shown.map(({ name, part }) => (
            <li key={name} data-over={(part ?? 0) > 1 || undefined}>
              <span>{t(`marketing.progress.${name}`)}</span>
              <span className="gx-progress-track" aria-hidden>
                <span style={{ width: `${Math.min(100, (part ?? 0) * 100)}%` }} />
              </span>
              <span className="gx-numeric">{formats.number(part ?? 0, { style: "percent" })}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="gx-marketing-buttons">
        {offered("lead") ? (
          <Button size="small" onClick={() => add("lead", source)}>
            {t("marketing.addLead")}
          </Button>
        ) : null}
        {offered("campaign_cost") ? (
          <Button size="small" onClick={() => add("campaign_cost", source)}>
            {t("marketing.addCost")}
          </Button>
        ) : null}
      </div>
    </>
  );
}

import { CheckOutlined, RollbackOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CaseStep, Question } from "@/api/processes";
import type { Json } from "@/api/types";
import { useMe } from "@/engine/session";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useSpan } from "@/ui/span";
import { isLate } from "./case-model";
import { questionField } from "./questions";

interface CaseStepDetailProps {
  step: CaseStep;
  /** The case goes on, and is not in the bin. */
  mayAct: boolean;
  /** Sends the case back to this step; null where it cannot go there. */
  onBack: (() => void) | null;
  /** Opens what the step asks of whoever completes it. */
  onComplete: (task: string) => void;
}

/** All there is to say about one step of a case; what stands open is completed from here. */
export function CaseStepDetail({ step, mayAct, onBack, onComplete }: CaseStepDetailProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const span = useSpan();
  const me = useMe();
  const late = isLate(step, Date.now());
  const task = step.state === "open" ? step.task : null;
  const mine = step.member?.id === me.user.id;
  const rows: [string, ReactNode][] = [
    [t("processes.state"), t(`processes.states.${late && step.state === "open" ? "late" : step.state}`)],
    [t("processes.role"), step.role_name],
    [t("processes.who"), step.member ? (step.member.label ?? t("common.notVisible")) : null],
    [t("processes.instructions"), step.instructions],
    [t("processes.started"), step.started_at ? formats.dateTime(step.started_at) : null],
    [
      t("processes.until"),
      step.due_at ? (
        <span key="until" className={late ? "gx-process-late" : undefined}>
          {formats.dateTime(step.due_at)}
          {step.state === "open" ? ` (${formats.relative(step.due_at)})` : ""}
        </span>
      ) : null,
    ],
    [
      t("processes.finished"),
      step.done_at
        ? t("processes.doneBy", {
            at: formats.dateTime(step.done_at),
            name: step.done_by?.label ?? t("common.notVisible"),
          })
        : null,
    ],
    [t("processes.took"), span(step.took)],
    [t("processes.backReason"), step.back_reason],
  ];
  return (
    <section className="gx-step-detail" aria-label={step.name} aria-live="polite">
      <header>
        <h3>{step.name}</h3>
        {mayAct && task ? (
          <Button type={mine ? "primary" : "default"} icon={<CheckOutlined />} onClick={() => onComplete(task)}>
            {t("processes.complete")}
          </Button>
        ) : null}
        {mayAct && onBack ? (
          <Button icon={<RollbackOutlined />} onClick={onBack}>
            {t("processes.backHere")}
          </Button>
        ) : null}
        {step.task ? (
          <RecordLink object="activity" id={step.task}>
            {t("processes.openTask")}
          </RecordLink>
        ) : null}
      </header>
      <dl>
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Row key={name} name={name}>
              {value}
            </Row>
          ))}
      </dl>
      {step.answers && step.questions.length > 0 ? (
        <dl className="gx-step-answers">
          {step.questions.map((question) => (
            <AnswerLine key={question.name} question={question} value={step.answers?.[question.name] ?? null} />
          ))}
        </dl>
      ) : null}
    </section>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function AnswerLine({ question, value }: { question: Question; value: Json }) {
  const { t } = useTranslation();
  const label = useLabel();
  const field = questionField(question);
  return (
    <Row name={label(question.label)}>
      {isEmptyValue(value) ? (
        <span className="gx-muted">{t("processes.noAnswer")}</span>
      ) : (
        <FieldDisplay field={field} value={value} variant="page" />
      )}
    </Row>
  );
}

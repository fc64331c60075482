import { RollbackOutlined, StopOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Skeleton } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CaseLook, lookAtCase } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { useMe } from "@/engine/session";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { backTargets, drawnState, isLate, lanesOf, progressOf, stepShown } from "./case-model";
import { CaseStepDetail } from "./case-step-detail";
import { type DrawnStep, LaneDiagram } from "./lane-diagram";
import { ReasonDialog } from "./reason-dialog";
import { RoleDialog } from "./role-dialog";
import { StepFormDrawer } from "./step-form";

/** Below the case: whatever happens to it, to its steps or to their tasks makes it stale. */
export const caseLookKey = (id: string, version: number) => [...queryKeys.record("process_case", id), "look", version];

/** Where a case stands: its steps in a lane for each role, who has which until when, and what can be done about it. */
export function CasePanel({ record }: RecordPanelProps) {
  const { t } = useTranslation();
  const look = useQuery({
    queryKey: caseLookKey(record.id, record.version),
    queryFn: () => lookAtCase(record.id),
    staleTime: 5_000,
    placeholderData: (before: CaseLook | undefined) => (before?.id === record.id ? before : undefined),
  });
  // The task itself: which step is shown, and what can be read of the case, may change while somebody types.
  const [filling, setFilling] = useState<string | null>(null);
  return (
    <>
      {look.isPending ? (
        <section className="gx-process-panel" aria-label={t("processes.case")}>
          <Skeleton active title={false} paragraph={{ rows: 6 }} />
        </section>
      ) : look.data ? (
        <CaseView look={look.data} deleted={Boolean(record.deleted_at)} onComplete={setFilling} />
      ) : (
        <ErrorState error={look.error} onRetry={() => void look.refetch()} />
      )}
      {filling ? <StepFormDrawer key={filling} task={filling} onClose={() => setFilling(null)} /> : null}
    </>
  );
}

interface CaseViewProps {
  look: CaseLook;
  deleted: boolean;
  onComplete: (task: string) => void;
}

function CaseView({ look, deleted, onComplete }: CaseViewProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const me = useMe();
  const [chosen, setChosen] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"cancel" | "back" | "role" | null>(null);
  const shown = look.steps.find(({ key }) => key === chosen)?.key ?? stepShown(look.steps, me.user.id);
  const step = look.steps.find(({ key }) => key === shown);
  const steps = useMemo(() => {
    const now = Date.now();
    return look.steps.map((one): DrawnStep => {
      const late = isLate(one, now);
      const who = one.member?.label ?? t(one.state === "waiting" ? "processes.nobody" : "processes.notYet");
      const when =
        one.state === "open" && one.due_at
          ? t("processes.due", { at: formats.relative(one.due_at) })
          : one.state === "done" && one.done_at
            ? formats.date(one.done_at.slice(0, 10))
            : "";
      const state = t(`processes.states.${late && one.state === "open" ? "late" : one.state}`);
      const note =
        one.state === "skipped" || one.state === "cancelled" ? (
          state
        ) : (
          <>
            {who}
            {when ? <span className={late ? "gx-process-late" : undefined}> · {when}</span> : null}
          </>
        );
      return {
        id: one.key,
        name: one.round > 1 ? t("processes.again", { name: one.name, n: one.round }) : one.name,
        lane: one.role ?? "",
        after: one.after,
        state: drawnState(one, now),
        note,
        said: [one.name, state, who, when].filter(Boolean).join(t("common.comma")),
      };
    });
  }, [look.steps, formats, t]);
  const lanes = useMemo(() => lanesOf(look), [look]);
  const { done, total } = progressOf(look.steps);
  const back = backTargets(look);
  const laneName = (key: string) => {
    const role = look.roles.find((one) => one.key === key);
    if (!role) return look.steps.find((one) => one.role === key)?.role_name ?? t("processes.noRole");
    return role.member?.label ? `${role.name} · ${role.member.label}` : role.name;
  };
  const mayAct = !deleted && (look.state === "running" || look.state === "waiting");
  return (
    <section className="gx-process-panel" aria-label={t("processes.case")}>
      <header>
        <h2>{t("processes.where", { done, total })}</h2>
        {mayAct ? (
          <span className="gx-process-buttons">
            {look.may.change_role ? (
              <Button onClick={() => setDialog("role")}>{t("processes.changeRole")}</Button>
            ) : null}
            {back.length > 0 ? (
              <Button icon={<RollbackOutlined />} onClick={() => setDialog("back")}>
                {t("processes.sendBack")}
              </Button>
            ) : null}
            {look.may.cancel ? (
              <Button icon={<StopOutlined />} onClick={() => setDialog("cancel")}>
                {t("processes.cancel")}
              </Button>
            ) : null}
          </span>
        ) : null}
      </header>
      <p className="gx-process-facts">
        {look.record ? (
          <span>
            {t("processes.about")}
            <RecordLink object={look.record.object} id={look.record.id}>
              {look.record.label ?? t("common.notVisible")}
            </RecordLink>
          </span>
        ) : null}
        <span>
          {t("processes.template")}
          <RecordLink object="process_template" id={look.template.id}>
            {look.template.name}
          </RecordLink>
          {look.template.version === look.template.current_version
            ? null
            : t("processes.older", { n: look.template.version, now: look.template.current_version })}
        </span>
      </p>
      {look.state === "waiting" ? (
        <Alert type="warning" showIcon title={t("processes.waitingText")} style={{ marginBottom: 12 }} />
      ) : null}
      <LaneDiagram
        label={t("processes.diagram")}
        steps={steps}
        lanes={lanes}
        laneName={laneName}
        selected={shown}
        onSelect={setChosen}
      />
      {step ? (
        <CaseStepDetail
          step={step}
          mayAct={mayAct}
          onBack={back.some(({ key }) => key === step.key) ? () => setDialog("back") : null}
          onComplete={onComplete}
        />
      ) : null}
      {dialog === "cancel" || dialog === "back" ? (
        <ReasonDialog
          kind={dialog}
          look={look}
          targets={back}
          initial={back.some(({ key }) => key === shown) ? shown : null}
          onClose={() => setDialog(null)}
        />
      ) : null}
      {dialog === "role" ? <RoleDialog look={look} onClose={() => setDialog(null)} /> : null}
    </section>
  );
}

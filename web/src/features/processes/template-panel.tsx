import { PlusOutlined, TeamOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Skeleton } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { checkTemplate, ROLE, STEP } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import { listRecords, updateRecord } from "@/api/records";
import { useRecordForms } from "@/engine/form/create-record";
import { findObject, useMeta } from "@/engine/meta";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { referenceTo } from "@/fields/reference/title";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { ObjectIcon } from "@/ui/object-icon";
import { useIsPhone } from "@/ui/use-media";
import { type DrawnStep, LaneDiagram } from "./lane-diagram";
import { layoutLanes } from "./lanes";
import { readRoles, readSteps, type TemplateParts } from "./template-model";
import { TemplateStep } from "./template-step";

const MOST = 200;

/** All roles and steps of a template, in their order. */
function useTemplateParts(template: string) {
  const query = (fields: string) => ({ filter: `template == "${template}"`, sort: "position", limit: MOST, fields });
  return useQuery({
    queryKey: [...queryKeys.object(STEP), "of", template],
    queryFn: async ({ signal }): Promise<TemplateParts> => {
      const [roles, steps] = await Promise.all([
        listRecords(ROLE, query("name,position,filled_by,member,department,team"), signal),
        listRecords(
          STEP,
          query("name,position,role,after,condition,due_in,due_unit,questions,required_fields"),
          signal,
        ),
      ]);
      return { roles: readRoles(roles.items), steps: readSteps(steps.items) };
    },
    staleTime: 10_000,
  });
}

/** A template laid out: its steps in a lane for each role, what waits for what, and what is wrong with it. */
export function TemplatePanel({ object, record, editable }: RecordPanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const forms = useRecordForms();
  const phone = useIsPhone();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const parts = useTemplateParts(record.id);
  const check = useQuery({
    queryKey: [...queryKeys.object(STEP), "check", record.id, record.version, parts.dataUpdatedAt],
    queryFn: () => checkTemplate(record.id),
    enabled: parts.isSuccess && parts.data.steps.length > 0,
    placeholderData: (before) => before,
    staleTime: 60_000,
    retry: false,
  });
  const [stepMeta, roleMeta] = [findObject(meta, STEP), findObject(meta, ROLE)];
  const data = parts.data;
  const problems = check.data?.problems ?? [];
  const steps = useMemo(
    () =>
      (data?.steps ?? []).map((step): DrawnStep => {
        const own = problems.filter((one) => one.step === step.id);
        const due = step.dueIn ? t(`processes.dueUnit.${step.dueUnit}`, { n: formats.number(step.dueIn) }) : "";
        const facts = [
          due,
          step.condition ? t("processes.conditional") : "",
          step.questions > 0 ? t("processes.asks", { n: formats.number(step.questions) }) : "",
        ].filter(Boolean);
        const wrong = own[0] ? label(own[0].message) : "";
        return {
          id: step.id,
          name: step.name,
          lane: step.role,
          after: step.after,
          state: step.condition ? "conditional" : "template",
          wrong: own.length > 0,
          note: wrong ? (
            <span className="gx-process-late">{wrong}</span>
          ) : (
            facts.join(" · ") || t("processes.noDeadline")
          ),
          said: [step.name, ...facts, wrong].filter(Boolean).join(t("common.comma")),
        };
      }),
    [data?.steps, problems, formats, label, t],
  );
  const lanes = useMemo(() => (data?.roles ?? []).map(({ id }) => id), [data?.roles]);
  if (parts.isPending) return <Skeleton active title={false} paragraph={{ rows: 6 }} />;
  if (!data) return <ErrorState error={parts.error} onRetry={() => void parts.refetch()} />;
  const mayAdd = editable && stepMeta?.access.create === true;
  const template = { ...referenceTo(object, record) };
  const reread = () => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.object(STEP) });
    void queryClient.invalidateQueries({ queryKey: queryKeys.object(ROLE) });
  };
  const last = (list: { position: number }[]) => Math.max(0, ...list.map(({ position }) => position)) + 10;
  const addStep = (after: string | null) => {
    const before = data.steps.find(({ id }) => id === after);
    const role = data.roles.find(({ id }) => id === before?.role) ?? data.roles[0];
    forms.create(
      STEP,
      {
        template,
        position: last(data.steps),
        ...(role ? { role: { id: role.id, label: role.name } } : {}),
        ...(before ? { after: [{ id: before.id, label: before.name }] } : {}),
      },
      (made) => {
        reread();
        setChosen(made.id);
      },
    );
  };
  const mayMove = editable && stepMeta?.access.update === true;
  const move = (id: string, role: string) => {
    const step = data.steps.find((one) => one.id === id);
    if (!step) return;
    setChosen(id);
    updateRecord(STEP, id, { role }, { version: step.version, merge: true })
      .catch((error: unknown) => void message.error(errorText(error)))
      .finally(reread);
  };
  const addRole = () => forms.create(ROLE, { template, position: last(data.roles) }, reread);
  const laneName = (id: string) => data.roles.find((role) => role.id === id)?.name ?? t("processes.noRole");
  const shown = data.steps.find(({ id }) => id === chosen) ?? null;
  const loose = problems.filter(({ step }) => step === null || !data.steps.some(({ id }) => id === step));
  const layout = layoutLanes(steps, lanes);
  return (
    <section className="gx-process-panel" aria-label={t("processes.design")}>
      <header>
        <h2>{t("processes.design")}</h2>
        {mayAdd ? (
          <span className="gx-process-buttons">
            {roleMeta?.access.create ? (
              <Button icon={<TeamOutlined />} onClick={addRole}>
                {t("processes.addRole")}
              </Button>
            ) : null}
            <Button
              type={data.steps.length === 0 && data.roles.length > 0 ? "primary" : "default"}
              icon={<PlusOutlined />}
              disabled={data.roles.length === 0}
              onClick={() => addStep(null)}
            >
              {t("processes.addStep")}
            </Button>
          </span>
        ) : null}
      </header>
      {data.steps.length === 0 ? (
        <EmptyState
          icon={<ObjectIcon icon="node-index" />}
          title={t("processes.noSteps")}
          text={t(data.roles.length === 0 ? "processes.beginWithRoles" : "processes.beginWithSteps")}
        />
      ) : (
        <>
          <p className="gx-process-facts">
            <span>
              {t("processes.shape", { steps: steps.length, roles: data.roles.length, stages: layout.columns })}
            </span>
            {mayAdd ? <span>{t(phone ? "processes.howToEditHere" : "processes.howToEdit")}</span> : null}
          </p>
          {problems.length > 0 ? (
            <Alert
              type="warning"
              showIcon
              style={{ marginBottom: 12 }}
              title={t("processes.problems", { n: problems.length })}
              description={
                <ul className="gx-process-problems">
                  {problems.slice(0, 8).map((one) => {
                    const step = data.steps.find(({ id }) => id === one.step);
                    return (
                      <li key={`${one.step} ${one.role} ${one.field} ${one.code} ${label(one.message)}`}>
                        {step ? (
                          <button type="button" onClick={() => setChosen(step.id)}>
                            {step.name}
                          </button>
                        ) : (
                          data.roles.find(({ id }) => id === one.role)?.name
                        )}
                        {step || one.role ? t("processes.colon") : ""}
                        {label(one.message)}
                      </li>
                    );
                  })}
                </ul>
              }
            />
          ) : null}
          {check.error ? (
            <Alert
              type="error"
              showIcon
              role="alert"
              style={{ marginBottom: 12 }}
              title={t("processes.notChecked")}
              description={errorText(check.error)}
              action={
                <Button size="small" loading={check.isFetching} onClick={() => void check.refetch()}>
                  {t("common.retry")}
                </Button>
              }
            />
          ) : null}
          {!check.error && loose.length === 0 && check.data?.ok && !record.active ? (
            <Alert type="success" showIcon title={t("processes.ready")} style={{ marginBottom: 12 }} />
          ) : null}
          <LaneDiagram
            label={t("processes.design")}
            steps={steps}
            lanes={lanes}
            laneName={laneName}
            selected={chosen}
            onSelect={setChosen}
            {...(mayMove ? { onMove: move } : {})}
          />
          {shown ? (
            <TemplateStep
              key={shown.id}
              step={shown}
              parts={data}
              mayEdit={editable && stepMeta?.access.update === true}
              mayDelete={editable && stepMeta?.access.delete === true}
              onAddAfter={mayAdd ? () => addStep(shown.id) : null}
              onChanged={reread}
            />
          ) : null}
        </>
      )}
    </section>
  );
}

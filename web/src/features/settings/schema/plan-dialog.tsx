import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Checkbox, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { applySchema, planSchema, type SchemaChange } from "@/api/schema";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";

interface PlanDialogProps {
  title: string;
  changes: SchemaChange[];
  /** What the change means, in the words of whoever asked for it. */
  summary: string;
  done: string;
  onApplied: () => void;
  onCancel: () => void;
}

/** What a change of the definitions would do, step by step; data is lost only after an explicit yes. */
export function PlanDialog({ title, changes, summary, done, onApplied, onCancel }: PlanDialogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [accepted, setAccepted] = useState(false);
  const plan = useQuery({
    queryKey: [...queryKeys.schema, "plan", changes],
    queryFn: () => planSchema(changes),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const objectName = (name: string) => label(findObject(meta, name)?.label) || name;
  const fieldName = (object: string, name: string) => {
    const found = findObject(meta, object);
    return label(found ? findField(found, name)?.label : null) || name;
  };
  const losses = (plan.data?.losses ?? []).filter((loss) => loss.values > 0);
  const problems = plan.data?.problems ?? [];
  const apply = useMutation({
    mutationFn: () => applySchema(changes, accepted),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: queryKeys.meta }),
        queryClient.invalidateQueries({ queryKey: queryKeys.schema }),
        queryClient.invalidateQueries({ queryKey: queryKeys.records }),
      ]);
      void message.success(done);
      onApplied();
    },
  });
  const ready = plan.isSuccess && problems.length === 0 && (losses.length === 0 || accepted);
  const failure = apply.error ?? plan.error;
  return (
    <Modal
      open
      title={title}
      onCancel={onCancel}
      okText={losses.length > 0 ? t("settings.plan.applyLoss") : t("settings.plan.apply")}
      okButtonProps={{ disabled: !ready, danger: losses.length > 0, loading: apply.isPending }}
      onOk={() => apply.mutate()}
    >
      <p>{summary}</p>
      {plan.isPending ? <PageSkeleton rows={3} /> : null}
      {failure ? <Alert type="error" showIcon title={errorText(failure)} /> : null}
      {problems.map((problem) => (
        <Alert
          key={`${problem.field}${problem.message}`}
          type="error"
          showIcon
          title={problem.message}
          className="gx-gap"
        />
      ))}
      {plan.data && plan.data.steps.length > 0 ? (
        <details className="gx-plan">
          <summary>{t("settings.plan.steps", { n: plan.data.steps.length })}</summary>
          <ol>
            {plan.data.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps are a fixed sequence
              <li key={index}>{label(step.summary)}</li>
            ))}
          </ol>
        </details>
      ) : null}
      {losses.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={t("settings.plan.losses")}
          description={
            <>
              <ul>
                {losses.map((loss) => (
                  <li key={`${loss.object}.${loss.field ?? ""}`}>
                    {loss.field
                      ? t("settings.plan.lossField", {
                          field: fieldName(loss.object, loss.field),
                          n: formats.number(loss.values),
                        })
                      : t("settings.plan.lossObject", {
                          object: objectName(loss.object),
                          n: formats.number(loss.values),
                        })}
                  </li>
                ))}
              </ul>
              <Checkbox checked={accepted} onChange={(event) => setAccepted(event.target.checked)}>
                {t("settings.plan.accept")}
              </Checkbox>
            </>
          }
        />
      ) : null}
    </Modal>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { applySchema, planSchema, type SchemaChange } from "@/api/schema";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { lossesOf, PlanLosses, PlanProblems, PlanSteps } from "./plan-parts";

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
  const losses = lossesOf(plan.data);
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
      <PlanProblems problems={problems} />
      {plan.data ? <PlanSteps steps={plan.data.steps} /> : null}
      <PlanLosses losses={losses} accepted={accepted} onAccept={setAccepted} />
    </Modal>
  );
}

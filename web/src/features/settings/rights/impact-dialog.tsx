import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { type RightsChange, simulateRights } from "@/api/rights";
import { applySchema } from "@/api/schema";
import type { FieldError } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { ImpactList } from "./impact-list";

interface ImpactDialogProps {
  title: string;
  changes: RightsChange[];
  done: string;
  danger?: boolean;
  onApplied: () => void;
  onCancel: () => void;
  /** Something is wrong with what was written: the editor shows it at its place. */
  onProblems?: (problems: FieldError[]) => void;
}

/** What a change of rights would do, worked out on the real data, before it is saved. */
export function ImpactDialog({ title, changes, done, danger, onApplied, onCancel, onProblems }: ImpactDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const simulation = useQuery({
    queryKey: queryKeys.simulation(changes),
    queryFn: ({ signal }) => simulateRights(changes, signal),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const apply = useMutation({
    mutationFn: () => applySchema(changes, false),
    onSuccess: async () => {
      // The page behind shows what was saved before the dialog goes.
      await Promise.all(
        [queryKeys.rights, queryKeys.meta].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      );
      void queryClient.invalidateQueries({ queryKey: queryKeys.records });
      void message.success(done);
      onApplied();
    },
  });
  const failure = apply.error ?? simulation.error;
  const problems = failure instanceof ApiError ? failure.fieldErrors : [];
  const leave = () => {
    if (problems.length > 0) onProblems?.(problems);
    onCancel();
  };
  return (
    <Modal
      open
      width={680}
      title={title}
      onCancel={leave}
      cancelText={t("rights.impact.back")}
      okText={danger ? title : t("rights.impact.save")}
      okButtonProps={{ disabled: !simulation.isSuccess, danger: danger === true, loading: apply.isPending }}
      onOk={() => apply.mutate()}
    >
      {failure ? (
        <Alert
          type="error"
          showIcon
          title={problems.length > 1 ? t("rights.roles.problems", { n: problems.length }) : errorText(failure)}
          description={
            problems.length > 1 ? (
              <ul>
                {problems.map((problem) => (
                  <li key={`${problem.field}${problem.message}`}>{problem.message}</li>
                ))}
              </ul>
            ) : undefined
          }
        />
      ) : null}
      {simulation.isPending ? (
        <>
          <p className="gx-muted">{t("rights.impact.working")}</p>
          <PageSkeleton rows={3} />
        </>
      ) : null}
      {simulation.data ? <ImpactList simulation={simulation.data} /> : null}
    </Modal>
  );
}

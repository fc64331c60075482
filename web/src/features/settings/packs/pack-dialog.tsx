import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { installPack, type Pack, planPack, removePack } from "@/api/packs";
import { queryKeys } from "@/api/query-keys";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { lossesOf, PlanLosses, PlanProblems, PlanSteps } from "../schema/plan-parts";
import { ChangeList } from "./change-list";

interface PackDialogProps {
  pack: Pack;
  remove: boolean;
  onClose: () => void;
}

/** What installing, upgrading or removing a pack would do; it is done only from here. */
export function PackDialog({ pack, remove, onClose }: PackDialogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [accepted, setAccepted] = useState(false);
  const name = label(pack.label);
  const what = remove ? "remove" : pack.installed ? "upgrade" : "install";
  const plan = useQuery({
    queryKey: [...queryKeys.packs, "plan", pack.name, what],
    queryFn: () => planPack(pack.name, remove),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const losses = lossesOf(plan.data);
  const problems = plan.data?.problems ?? [];
  const apply = useMutation({
    mutationFn: async () => {
      if (remove) await removePack(pack.name, accepted);
      else await installPack(pack.name, plan.data?.to ?? "", accepted);
    },
    onSuccess: async () => {
      const changed = [queryKeys.packs, queryKeys.meta, queryKeys.schema, queryKeys.records, queryKeys.rights];
      await Promise.all(changed.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      void message.success(t(`packs.done.${what}`, { pack: name }));
      onClose();
    },
  });
  const ready = plan.isSuccess && problems.length === 0 && (losses.length === 0 || accepted);
  const failure = apply.error ?? plan.error;
  return (
    <Modal
      open
      width={640}
      title={t(`packs.title.${what}`, { pack: name })}
      onCancel={onClose}
      okText={t(`packs.ok.${losses.length > 0 && !remove ? "loss" : what}`)}
      okButtonProps={{ disabled: !ready, danger: remove || losses.length > 0, loading: apply.isPending }}
      onOk={() => apply.mutate()}
    >
      <p>
        {t(`packs.about.${what}`, {
          pack: name,
          from: plan.data?.from ?? pack.installed?.version ?? "",
          to: plan.data?.to ?? pack.offered ?? "",
        })}
      </p>
      {plan.isPending ? <PageSkeleton rows={4} /> : null}
      {failure ? <Alert type="error" showIcon title={errorText(failure)} className="gx-gap" /> : null}
      <PlanProblems problems={problems} />
      {plan.data ? (
        <>
          <ChangeList changes={plan.data.changes} verbs={!remove && pack.installed !== undefined} />
          <PlanSteps steps={plan.data.steps} />
        </>
      ) : null}
      <PlanLosses losses={losses} accepted={accepted} onAccept={setAccepted} />
    </Modal>
  );
}

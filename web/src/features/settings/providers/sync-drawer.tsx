import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, App, Button, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { planSync, runSync } from "@/api/providers";
import { queryKeys } from "@/api/query-keys";
import type { IdentityProvider, SyncItem, SyncPlan } from "@/api/types";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";

interface SyncDrawerProps {
  provider: IdentityProvider;
  onClose: () => void;
}

const COLOURS: Partial<Record<SyncItem["change"], string>> = {
  comes: "green",
  new_department: "green",
  changes: "blue",
  changed_department: "blue",
  leaves: "red",
};

/** What taking the organisation over from a directory would do, and the button that does it. */
export function SyncDrawer({ provider, onClose }: SyncDrawerProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [confirmed, setConfirmed] = useState(false);
  const plan = useQuery({
    queryKey: queryKeys.syncPlan(provider.id),
    queryFn: () => planSync(provider.id),
    gcTime: 0,
    retry: false,
  });
  const run = useMutation({
    mutationFn: () => runSync(provider.id, plan.data?.stopped ? plan.data.leaves : null),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.providers });
      void message.success(t("ldap.begun"));
      onClose();
    },
  });
  const idle = plan.data ? isIdle(plan.data) : true;
  return (
    <SideDrawer
      onClose={onClose}
      size={520}
      title={t("ldap.syncTitle", { name: provider.name })}
      footer={
        <div className="gx-drawer-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            type="primary"
            danger={plan.data?.stopped}
            disabled={idle || (plan.data?.stopped && !confirmed)}
            loading={run.isPending}
            onClick={() => run.mutate()}
          >
            {t("ldap.run")}
          </Button>
        </div>
      }
    >
      {plan.isPending ? <PageSkeleton rows={5} /> : null}
      {plan.error ? <ErrorState error={plan.error} onRetry={() => void plan.refetch()} /> : null}
      {run.error ? <Alert type="error" showIcon title={errorText(run.error)} className="gx-drawer-note" /> : null}
      {plan.data ? (
        <>
          <Planned plan={plan.data} />
          {plan.data.stopped ? (
            <Alert
              type="warning"
              showIcon
              className="gx-drawer-note"
              title={t("ldap.stopped", { leaves: plan.data.leaves, kept: plan.data.kept })}
              description={
                <Checkbox checked={confirmed} onChange={(event) => setConfirmed(event.target.checked)}>
                  {t("ldap.confirmLeavers", { count: plan.data.leaves })}
                </Checkbox>
              }
            />
          ) : null}
          <ul className="gx-role-list gx-sync-list">
            {plan.data.items.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes, of names that may come twice
              <li key={index}>
                <div>
                  {item.name}
                  {item.department ? <small className="gx-muted">{item.department}</small> : null}
                </div>
                <ColorTag color={COLOURS[item.change]}>{t(`ldap.syncChanges.${item.change}`)}</ColorTag>
              </li>
            ))}
          </ul>
          <p className="gx-muted">
            {t("ldap.inBackground")} <Link to="/settings/jobs">{t("ldap.jobs")}</Link>
          </p>
        </>
      ) : null}
    </SideDrawer>
  );
}

const isIdle = (plan: SyncPlan) =>
  plan.comes + plan.changes + plan.leaves + plan.new_departments + plan.changed_departments === 0;

function Planned({ plan }: { plan: SyncPlan }) {
  const { t } = useTranslation();
  if (isIdle(plan)) return <Alert type="success" showIcon title={t("ldap.idle")} className="gx-drawer-note" />;
  const { comes, changes, leaves } = plan;
  return (
    <p>
      {t("ldap.planned", {
        comes,
        changes,
        leaves,
        departments: plan.new_departments + plan.changed_departments,
      })}
    </p>
  );
}

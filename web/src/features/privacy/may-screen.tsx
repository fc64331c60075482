import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { ActionScreenProps } from "@/engine/slots";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";
import { MayTable } from "./may-table";
import { useMayContact } from "./use-privacy";
import "./privacy.css";

/** Whether a person may be contacted, and why. */
export function MayScreen({ object, record, action, onClose }: ActionScreenProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const told = useMayContact(object.name, record.id);
  return (
    <SideDrawer title={label(action.label)} onClose={onClose}>
      {told.data ? (
        <>
          {told.data.do_not_contact ? <Alert type="warning" showIcon title={t("privacy.quiet")} /> : null}
          {told.data.held ? <Alert type="info" showIcon title={t("privacy.held")} /> : null}
          <MayTable told={told.data} />
        </>
      ) : told.error ? (
        <ErrorState error={told.error} onRetry={() => void told.refetch()} />
      ) : (
        <PageSkeleton rows={6} />
      )}
    </SideDrawer>
  );
}

import { CheckCircleOutlined, SearchOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { DuplicateState } from "@/api/duplicates";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import type { Scan } from "./use-scan";

/** Nothing to look at: because nobody searched yet, because it is being searched, or because all is done. */
export function QueueEmpty({ object, state, scan }: { object: ObjectMeta; state: DuplicateState; scan: Scan }) {
  const { t } = useTranslation();
  const label = useLabel();
  const plural = label(object.plural);
  const status = scan.status.data;
  if (!status) return null;
  if (status.state === "running") {
    return (
      <EmptyState icon={<SearchOutlined />} title={t("duplicates.emptyRunning")} text={t("duplicates.scanningText")} />
    );
  }
  if (status.state === "never") {
    const explained = t("duplicates.emptyNeverText", { object: plural });
    return (
      <EmptyState
        icon={<SearchOutlined />}
        title={t("duplicates.emptyNever")}
        text={status.may_scan ? explained : `${explained}${t("duplicates.emptyNeverAsk")}`}
        actions={
          status.may_scan ? (
            <Button type="primary" loading={scan.starting} onClick={() => void scan.start()}>
              {t("duplicates.scan")}
            </Button>
          ) : null
        }
      />
    );
  }
  if (state === "different") {
    return <EmptyState title={t("duplicates.emptyDifferent")} text={t("duplicates.emptyDifferentText")} />;
  }
  return (
    <EmptyState
      icon={<CheckCircleOutlined />}
      title={t("duplicates.emptyOpen", { object: plural })}
      text={t("duplicates.emptyOpenText")}
      actions={
        <ButtonLink to="/o/$object" params={{ object: object.name }}>
          {t("duplicates.toList")}
        </ButtonLink>
      }
    />
  );
}

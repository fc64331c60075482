import { SyncOutlined } from "@ant-design/icons";
import { Alert, Button, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import type { Scan } from "./use-scan";

/** When was it searched last, over how many records; how far it is while it runs; and to search again. */
export function QueueStatus({ scan }: { scan: Scan }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const status = scan.status.data;
  // Its place is kept while it is read.
  if (!status) return <div className="gx-queue-status" />;
  const { progress } = status;
  const facts = [
    status.scanned_at
      ? t("duplicates.lastScan", { at: formats.relative(status.scanned_at) })
      : t("duplicates.neverScanned"),
    ...(status.state === "never" ? [] : [t("duplicates.recordCount", { n: formats.number(status.records) })]),
  ];
  return (
    <>
      <div className="gx-queue-status">
        {scan.running ? (
          <>
            <span role="status">{t("duplicates.scanning")}</span>
            <Progress
              percent={progress && progress.total > 0 ? Math.floor((progress.done / progress.total) * 100) : 0}
              status="active"
              size="small"
              showInfo={false}
              aria-label={t("duplicates.scanning")}
            />
            <span className="gx-muted gx-numeric">
              {progress && progress.total > 0
                ? t("duplicates.progress", {
                    done: formats.number(progress.done),
                    total: formats.number(progress.total),
                  })
                : null}
            </span>
          </>
        ) : (
          <span className="gx-muted" title={status.scanned_at ? formats.dateTime(status.scanned_at) : undefined}>
            {facts.join(" · ")}
          </span>
        )}
        {status.may_scan && !scan.running && status.state !== "never" ? (
          <Button size="small" icon={<SyncOutlined />} loading={scan.starting} onClick={() => void scan.start()}>
            {t("duplicates.scan")}
          </Button>
        ) : null}
      </div>
      {status.state === "failed" ? (
        <Alert
          type="warning"
          showIcon
          title={t("duplicates.scanFailed")}
          description={status.may_scan ? t("duplicates.scanFailedText") : t("duplicates.scanFailedAsk")}
        />
      ) : null}
    </>
  );
}

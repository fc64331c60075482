import { DownloadOutlined } from "@ant-design/icons";
import { Spin } from "antd";
import { useTranslation } from "react-i18next";
import { fileAddress } from "@/api/files";
import type { RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";

/** The bundle of a request: being made, or to be fetched until its time is over. */
export function BundleLine({ record }: { record: RecordData }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const bundle = asReference(record.bundle);
  const until = asText(record.bundle_until);
  return (
    <p className="gx-privacy-bundle" role="status">
      {asText(record.bundle_state) === "waiting" ? (
        <>
          <Spin size="small" /> {t("privacy.bundle.waiting")}
        </>
      ) : null}
      {asText(record.bundle_state) === "failed" ? t("privacy.bundle.failed") : null}
      {bundle ? (
        <>
          <a href={fileAddress(bundle.id)} download>
            <DownloadOutlined aria-hidden /> {bundle.label ?? t("privacy.bundle.title")}
          </a>
          {until ? (
            <span className="gx-muted">{t("privacy.bundle.until", { at: formats.dateTime(until) })}</span>
          ) : null}
        </>
      ) : null}
    </p>
  );
}

import { CloudDownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordStripProps } from "@/engine/record/record-panels";
import { titleText } from "@/fields/reference/title";
import { EnrichDrawer } from "./enrich-drawer";
import { useSources } from "./use-sources";
import "./enrichment.css";

/** Where a record may be enriched: by which source, one press away. Nothing where there is none. */
export function EnrichmentStrip({ object, record, editable }: RecordStripProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { data } = useSources(object.name);
  if (!editable || !data || data.length === 0) return null;
  const names = data.map((source) => titleText(source.name)).join(t("common.comma"));
  return (
    <section className="gx-enrichment-strip" aria-label={t("enrichment.strip")}>
      <span className="gx-muted">{t("enrichment.offer", { sources: names })}</span>
      <Button size="small" icon={<CloudDownloadOutlined />} onClick={() => setOpen(true)}>
        {t("enrichment.button")}
      </Button>
      {open ? <EnrichDrawer object={object} ids={[record.id]} sources={data} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

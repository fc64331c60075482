import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { useRecordForms } from "@/engine/form/create-record";
import { findField, findObject, useMeta } from "@/engine/meta";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { referenceTo } from "@/fields/reference/title";
import { useFormats } from "@/i18n/formats";
import { type FactTile, FactTiles } from "./fact-tiles";
import { partOf } from "./steps";
import "./marketing.css";

const LEAD = "lead";
/** What leads of a community say they came from. */
const SOURCE = "community";

/** What a community brought, and the way to note down who was met there. */
export function CommunityPanel({ object, record }: RecordPanelProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meta = useMeta();
  const forms = useRecordForms();
  const queryClient = useQueryClient();
  const lead = findObject(meta, LEAD);
  const here = `community == "${record.id}"`;
  const behind = (name: string, more = "") =>
    findObject(meta, name) ? { object: name, filter: `${here}${more}` } : undefined;
  const part = partOf(record.converted_leads, record.leads);
  const tiles: FactTile[] = [
    { field: "leads", open: behind(LEAD) },
    { field: "open_leads", open: behind(LEAD, ' && !(status in ["converted", "disqualified"])') },
    {
      field: "converted_leads",
      open: behind(LEAD, ' && status == "converted"'),
      note:
        part === null
          ? null
          : t("marketing.ofLeads", { part: formats.number(part, { style: "percent", maximumFractionDigits: 1 }) }),
    },
    { field: "customers", open: behind("account") },
    { field: "last_lead_on", long: true },
  ];
  const mayAdd = lead?.access.create && findField(lead, SOURCE)?.read_only === false && !record.deleted_at;
  const sources = lead ? findField(lead, "source")?.options : undefined;
  const known = sources?.some((option) => option.value === SOURCE && !option.retired);
  const add = () =>
    forms.create(
      LEAD,
      { community: { ...referenceTo(object, record) }, ...(known ? { source: SOURCE } : {}) },
      () => void queryClient.invalidateQueries({ queryKey: queryKeys.record(object.name, record.id) }),
    );
  return (
    <section className="gx-marketing-panel" aria-label={t("marketing.community")}>
      <FactTiles object={object} record={record} tiles={tiles} inRow={5} />
      {mayAdd ? (
        <div className="gx-marketing-buttons">
          <Button icon={<PlusOutlined />} onClick={add}>
            {t("marketing.addLead")}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

import { useTranslation } from "react-i18next";
import { findObject, useMeta } from "@/engine/meta";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { useFormats } from "@/i18n/formats";
import { CampaignSteps } from "./campaign-steps";
import { type FactTile, FactTiles } from "./fact-tiles";
import { budgetSpent, partOf } from "./steps";
import "./marketing.css";

/** What a campaign brought and cost, and how far it is. */
export function CampaignPanel({ object, record, editable, onSave }: RecordPanelProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meta = useMeta();
  const percent = (part: number | null) =>
    part === null ? null : formats.number(part, { style: "percent", maximumFractionDigits: 1 });
  const behind = (name: string, more = "") =>
    findObject(meta, name) ? { object: name, filter: `campaign == "${record.id}"${more}` } : undefined;
  const note = (text: (part: string) => string, part: number | null) => {
    const shown = percent(part);
    return shown === null ? null : text(shown);
  };
  const tiles: FactTile[] = [
    {
      field: "leads",
      open: behind("lead"),
      note: note((part) => t("marketing.ofExpected", { part }), partOf(record.leads, record.expected_leads)),
    },
    {
      field: "converted_leads",
      open: behind("lead", ' && status == "converted"'),
      note: note((part) => t("marketing.ofLeads", { part }), partOf(record.converted_leads, record.leads)),
    },
    { field: "opportunities", open: behind("opportunity") },
    { field: "won_amount", open: behind("opportunity", ' && stage == "won"') },
    {
      field: "cost",
      open: behind("campaign_cost"),
      note: note((part) => t("marketing.ofBudget", { part }), budgetSpent(record, formats.currency)),
    },
    { field: "cost_per_lead" },
    { field: "cost_per_conversion" },
    { field: "return_on_cost", note: t("marketing.returnNote") },
  ];
  return (
    <section className="gx-marketing-panel" aria-label={t("marketing.campaign")}>
      <FactTiles object={object} record={record} tiles={tiles} inRow={4} />
      <CampaignSteps object={object} record={record} editable={editable} onSave={onSave} />
    </section>
  );
}

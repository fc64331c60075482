import type { ComponentType } from "react";
import { type RecordPanelProps, recordPanels } from "@/engine/record/record-panels";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

const later = (load: () => Promise<ComponentType<RecordPanelProps>>) =>
  lazyPart(async () => {
    const [panel] = await Promise.all([load(), activateLateTexts()]);
    return { default: panel };
  });

recordPanels.set("campaign", {
  panel: later(async () => (await import("@/features/marketing/campaign-panel")).CampaignPanel),
  shows: [
    "leads",
    "converted_leads",
    "opportunities",
    "won_amount",
    "cost",
    "cost_per_lead",
    "cost_per_conversion",
    "return_on_cost",
  ],
});

recordPanels.set("community", {
  panel: later(async () => (await import("@/features/marketing/community-panel")).CommunityPanel),
  shows: ["leads", "open_leads", "converted_leads", "customers", "last_lead_on"],
});

import type { ComponentType } from "react";
import { type RecordPanelProps, recordPanels } from "@/engine/record/record-panels";
import { type ActionScreenProps, actionScreens, fieldParts } from "@/engine/slots";
import type { FieldDisplayProps } from "@/fields/types";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

const later = <Props>(load: () => Promise<ComponentType<Props>>) =>
  lazyPart(async () => {
    const [panel] = await Promise.all([load(), activateLateTexts()]);
    return { default: panel };
  });

recordPanels.set("campaign", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/marketing/campaign-panel")).CampaignPanel),
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
  panel: later<RecordPanelProps>(async () => (await import("@/features/marketing/community-panel")).CommunityPanel),
  shows: ["leads", "open_leads", "converted_leads", "customers", "last_lead_on"],
});

recordPanels.set("web_form", {
  panel: later<RecordPanelProps>(async () => (await import("@/features/marketing/form-panel")).FormPanel),
  shows: ["submissions", "accepted", "held", "last_received_at"],
});

actionScreens.set(
  "web_form.embed",
  later<ActionScreenProps>(async () => (await import("@/features/marketing/embed-screen")).EmbedScreen),
);

actionScreens.set(
  "account.explain_ownership",
  later<ActionScreenProps>(async () => (await import("@/features/ownership/explain-screen")).ExplainScreen),
);

const ownership = () => import("@/features/ownership/transfer-fields");
fieldParts.set("ownership_transfer.plan", {
  Display: later<FieldDisplayProps>(async () => (await ownership()).PlanDisplay),
});
fieldParts.set("ownership_transfer.failures", {
  Display: later<FieldDisplayProps>(async () => (await ownership()).FailuresDisplay),
});
fieldParts.set("ownership_decision.figures", {
  Display: later<FieldDisplayProps>(async () => (await ownership()).FiguresDisplay),
});

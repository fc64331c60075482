import { offerRelatedWay } from "@/engine/record/related-ways";
import { activateLateTexts } from "@/i18n/i18n";

/** Whoever has to do with the decision on a deal is drawn as who listens to whom. */
offerRelatedWay("opportunity_contact", {
  label: { "zh-CN": "关系图", en: "Map" },
  load: async () => {
    const [part] = await Promise.all([import("@/features/decision-chain/decision-map"), activateLateTexts()]);
    return { default: part.DecisionMap };
  },
});

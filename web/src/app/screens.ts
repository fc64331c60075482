import type { ComponentType } from "react";
import { anySelectionScreens, lateSlots, placedActions, selectionRuns, selectionScreens } from "@/engine/slots";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** A screen that comes with its texts when it is opened. */
const later = <Props>(load: () => Promise<ComponentType<Props>>) =>
  lazyPart(async () => {
    const [screen] = await Promise.all([load(), activateLateTexts()]);
    return { default: screen };
  });

/** Fills the engine's slots; once, before anything is drawn. Those of forms and record pages come with the first of these. */
export function registerScreens(): void {
  lateSlots.load = () => import("./record-panels");
  for (const action of ["look", "cancel", "send_back", "change_role"]) placedActions.add(`process_case.${action}`);
  placedActions.add("process_template.check");
  placedActions.add("notice.missing");
  placedActions.add("activity.step_form");
  // It says of which records it is asked, which the menu of one source does not.
  placedActions.add("enrichment_source.enrich");
  anySelectionScreens.push({
    name: "enrich",
    icon: "database",
    text: "enrichment.button",
    offered: (meta) =>
      meta.objects.some((one) => one.name === "enrichment_source" && one.actions.some(({ name }) => name === "enrich")),
    when: "",
    screen: later(async () => (await import("@/features/enrichment/selection-screen")).EnrichSelection),
  });
  const screen = later(async () => (await import("@/features/pools/distribute-screen")).DistributeTicked);
  const Outcome = later(async () => (await import("@/features/pools/claim-outcome")).ClaimOutcome);
  for (const object of ["lead", "account"]) {
    selectionRuns.set(`${object}.claim`, { limits: ["claim_refused"], Outcome });
    selectionScreens.set(object, [
      {
        name: "distribute",
        icon: "partition",
        text: "pools.share.menu",
        offered: (meta) =>
          meta.objects.some((one) => one.name === "pool" && one.actions.some(({ name }) => name === "distribute")),
        when: "owner == null && pool in me.keeps",
        screen,
      },
    ]);
  }
}

import type { ComponentType } from "react";
import { actionScreens, fieldParts, formPanels, selectionScreens } from "@/engine/slots";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** A screen that comes with its texts when it is opened. */
const later = <Props>(load: () => Promise<ComponentType<Props>>) =>
  lazyPart(async () => {
    const [screen] = await Promise.all([load(), activateLateTexts()]);
    return { default: screen };
  });

/** Fills the engine's slots; once, before anything is drawn. */
export function registerScreens(): void {
  const distribute = () => import("@/features/pools/distribute-screen");
  actionScreens.set(
    "pool.distribute",
    later(async () => (await distribute()).DistributePool),
  );
  actionScreens.set(
    "pool_rule.replace",
    later(async () => (await import("@/features/pools/replace-screen")).ReplaceScreen),
  );
  formPanels.set(
    "pool_rule",
    later(async () => (await import("@/features/pools/rule-panel")).RulePanel),
  );
  const forms = async () => (await import("@/features/marketing/form-parts")).formParts;
  fieldParts.set("web_form.fields", {
    Display: later(async () => (await forms()).AskedFieldsDisplay),
    Input: later(async () => (await forms()).AskedFieldsInput),
  });
  fieldParts.set("web_form_submission.values", { Display: later(async () => (await forms()).SentValuesDisplay) });
  const screen = later(async () => (await distribute()).DistributeTicked);
  for (const object of ["lead", "account"]) {
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

import { actionScreens, formPanels, selectionScreens } from "@/engine/slots";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** Screens of features where the engine leaves room for them; each comes with its texts when it is opened. */
const DistributeTicked = lazyPart(async () => {
  const [part] = await Promise.all([import("@/features/pools/distribute-screen"), activateLateTexts()]);
  return { default: part.DistributeTicked };
});
const DistributePool = lazyPart(async () => {
  const [part] = await Promise.all([import("@/features/pools/distribute-screen"), activateLateTexts()]);
  return { default: part.DistributePool };
});
const ReplaceScreen = lazyPart(async () => {
  const [part] = await Promise.all([import("@/features/pools/replace-screen"), activateLateTexts()]);
  return { default: part.ReplaceScreen };
});
const RulePanel = lazyPart(async () => {
  const [part] = await Promise.all([import("@/features/pools/rule-panel"), activateLateTexts()]);
  return { default: part.RulePanel };
});

/** Fills the engine's slots; once, before anything is drawn. */
export function registerScreens(): void {
  actionScreens.set("pool.distribute", DistributePool);
  actionScreens.set("pool_rule.replace", ReplaceScreen);
  formPanels.set("pool_rule", RulePanel);
  for (const object of ["lead", "account"]) {
    selectionScreens.set(object, [
      {
        name: "distribute",
        icon: "partition",
        text: "pools.share.menu",
        offered: (meta) =>
          meta.objects.some((one) => one.name === "pool" && one.actions.some(({ name }) => name === "distribute")),
        when: "owner == null && pool in me.keeps",
        screen: DistributeTicked,
      },
    ]);
  }
}

import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** Looking for records like one. Seldom opened: it comes with its texts when it is asked for. */
export const FindDrawer = lazyPart(async () => {
  const [screen] = await Promise.all([import("./find-drawer"), activateLateTexts()]);
  return { default: screen.FindDrawer };
});

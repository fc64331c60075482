import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** Sharing and rights of a record. Seldom opened: it comes with its texts when it is asked for. */
export const AccessDrawer = lazyPart(async () => {
  const [screen] = await Promise.all([import("./access-drawer"), activateLateTexts()]);
  return { default: screen.AccessDrawer };
});

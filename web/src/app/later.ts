import type { ComponentType } from "react";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** What features draw on record pages and in forms; this is fetched with the first of these. */
export const later = <Props>(load: () => Promise<ComponentType<Props>>) =>
  lazyPart(async () => {
    const [panel] = await Promise.all([load(), activateLateTexts()]);
    return { default: panel };
  });

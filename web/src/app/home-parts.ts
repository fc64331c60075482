import type { Meta } from "@/api/types";
import { homeParts } from "@/engine/home-parts";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

const seen =
  (...names: string[]) =>
  (meta: Meta) =>
    names.every((name) => meta.objects.some((object) => object.name === name));

const load = async () => (await Promise.all([import("@/features/analysis/home-parts"), activateLateTexts()]))[0];

homeParts.set("funnel", {
  part: lazyPart(async () => ({ default: (await load()).HomeFunnel })),
  offered: seen("opportunity", "stage_move"),
});
homeParts.set("trend", {
  part: lazyPart(async () => ({ default: (await load()).HomeTrend })),
  offered: seen("opportunity"),
});

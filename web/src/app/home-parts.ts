import { homeFigures } from "@/engine/home-parts";
import { activateLateTexts } from "@/i18n/i18n";

homeFigures.load = async () =>
  (await Promise.all([import("@/features/analysis/home-figures"), activateLateTexts()]))[0];

import { useTranslation } from "react-i18next";
import type { Likeness } from "./queue";

const SIGNS: Record<Likeness, string> = { same: "=", differs: "≠", partly: "–" };

/** Whether values differ, as a sign that colour only underlines. */
export function LikenessSign({ likeness }: { likeness: Likeness }) {
  const { t } = useTranslation();
  const words: Record<Likeness, string> = {
    same: t("duplicates.same"),
    differs: t("duplicates.differs"),
    partly: t("duplicates.onlyOne"),
  };
  return (
    <span
      className="gx-likeness"
      data-likeness={likeness}
      role="img"
      aria-label={words[likeness]}
      title={words[likeness]}
    >
      {SIGNS[likeness]}
    </span>
  );
}

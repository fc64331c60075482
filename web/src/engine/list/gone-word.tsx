import { useTranslation } from "react-i18next";
import type { Gone } from "@/realtime/store";
import "./news.css";

/** Said on a row that somebody deleted or took out of sight while it fades, and on one that belongs elsewhere now. */
export function GoneWord({ gone, left }: { gone: Gone | null; left: boolean }) {
  const { t } = useTranslation();
  if (!gone && !left) return null;
  const how = gone?.hidden ? t("list.goneHidden") : gone?.by ? t("list.goneBy", { name: gone.by }) : t("list.gone");
  return (
    <span className="gx-gone-word" role="status">
      {gone ? how : t("list.left")}
    </span>
  );
}

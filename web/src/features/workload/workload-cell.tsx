import { useTranslation } from "react-i18next";
import type { WorkloadPerson } from "@/api/types";
import { hoursText, strainOf } from "./workload-model";

type Cell = WorkloadPerson["days"][number];

/** How full a day is: a bar and hours; that somebody is away; how much of it one may not see. */
export function LoadBar({ cell }: { cell: Cell }) {
  const { t } = useTranslation();
  const strain = strainOf(cell.planned, cell.capacity);
  const part = cell.capacity > 0 ? Math.min(1, cell.planned / cell.capacity) : cell.planned > 0 ? 1 : 0;
  return (
    <div className="gx-workload-load" data-strain={strain}>
      <div className="gx-workload-bar" aria-hidden>
        <span style={{ width: `${part * 100}%` }} />
      </div>
      <span className="gx-numeric">
        {cell.planned === 0 && cell.capacity === 0
          ? ""
          : t("workload.ofHours", { planned: hoursText(cell.planned), capacity: hoursText(cell.capacity) })}
      </span>
      {cell.away > 0 ? <em>{t(cell.away === 2 ? "workload.away" : "workload.awayHalf")}</em> : null}
      {cell.hidden > 0 ? (
        <em title={t("workload.hiddenText")}>{t("workload.hidden", { n: hoursText(cell.hidden) })}</em>
      ) : null}
    </div>
  );
}

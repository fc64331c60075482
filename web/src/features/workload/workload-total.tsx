import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import type { WorkloadPerson } from "@/api/types";
import { hoursText, totalOf } from "./workload-model";

/** How all of them are doing, in one line. */
export function WorkloadTotal({ people }: { people: WorkloadPerson[] }) {
  const { t } = useTranslation();
  const total = totalOf(people);
  const percent = total.capacity > 0 ? Math.round((total.planned / total.capacity) * 100) : 0;
  return (
    <dl className="gx-workload-total">
      <div>
        <dt>{t("workload.total.load")}</dt>
        <dd className="gx-numeric">
          {t("workload.ofHours", { planned: hoursText(total.planned), capacity: hoursText(total.capacity) })}
          <Progress
            percent={Math.min(percent, 100)}
            showInfo={false}
            size="small"
            status={percent > 100 ? "exception" : "normal"}
            aria-label={t("workload.total.load")}
          />
        </dd>
      </div>
      <div>
        <dt>{t("workload.total.done")}</dt>
        <dd className="gx-numeric">{total.done}</dd>
      </div>
      <div data-bad={total.overdue > 0 || undefined}>
        <dt>{t("workload.total.overdue")}</dt>
        <dd className="gx-numeric">{total.overdue}</dd>
      </div>
      <div>
        <dt>{t("workload.total.undated")}</dt>
        <dd className="gx-numeric">{total.undated}</dd>
      </div>
    </dl>
  );
}

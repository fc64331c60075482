import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { dropRun, listRuns } from "@/api/enrichment";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";

export const RUNS = ["enrichment", "runs"] as const;

interface RunsUnderWayProps {
  object: ObjectMeta;
  onLook: (id: string) => void;
}

/** One's own runs of before, which whoever left the page would lose sight of: to be looked at, or given up. */
export function RunsUnderWay({ object, onLook }: RunsUnderWayProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const { data } = useQuery({ queryKey: RUNS, queryFn: ({ signal }) => listRuns(signal), staleTime: 0 });
  const giveUp = useMutation({
    mutationFn: dropRun,
    onSettled: () => void queryClient.invalidateQueries({ queryKey: RUNS }),
  });
  const runs = data?.filter((run) => run.object === object.name) ?? [];
  if (runs.length === 0) return null;
  return (
    <Alert
      type="info"
      title={t("enrichment.underWay")}
      description={
        <ul className="gx-enrichment-runs">
          {runs.map((run) => (
            <li key={run.id}>
              <span>
                {formats.dateTime(run.created_at)}{" "}
                {t(run.state === "asking" ? "enrichment.asking" : "enrichment.waits", {
                  n: formats.number(run.done),
                  total: formats.number(run.total),
                })}
              </span>
              <Button size="small" onClick={() => onLook(run.id)}>
                {t("enrichment.look")}
              </Button>
              <Button size="small" type="text" loading={giveUp.isPending} onClick={() => giveUp.mutate(run.id)}>
                {t("enrichment.giveUp")}
              </Button>
            </li>
          ))}
        </ul>
      }
    />
  );
}

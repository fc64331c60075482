import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { readWorkload } from "@/api/calendar";
import { queryKeys } from "@/api/query-keys";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";
import { HomeCard } from "./home-card";
import { loadOf } from "./load-model";

const SHOWN = 8;

/** Who of one's people has how much to do today, the most loaded first. */
export function LoadCard() {
  const { t } = useTranslation();
  const { timeZone } = useFormats();
  const query = { day: todayIn(timeZone), days: 1 };
  const board = useQuery({
    queryKey: queryKeys.workload(query),
    queryFn: ({ signal }) => readWorkload(query, signal),
    staleTime: 60_000,
    meta: { live: true, liveAlso: ["absence"] },
  });
  const people = loadOf(board.data?.people ?? []);
  return (
    <HomeCard
      title={t("home.load.title")}
      link={<Link to="/workload">{t("home.load.all")}</Link>}
      loading={board.isPending}
      error={board.error}
      onRetry={() => void board.refetch()}
      empty={board.isSuccess && people.length === 0 ? t("home.load.none") : null}
    >
      <ul className="gx-home-load">
        {people.slice(0, SHOWN).map((one) => (
          <li key={one.id} data-strain={one.strain}>
            <RecordLink object="user" id={one.id}>
              {one.name}
            </RecordLink>
            <span className="gx-home-load-bar" aria-hidden>
              <span style={{ width: `${one.part * 100}%` }} />
            </span>
            <span className="gx-numeric">
              {one.away ? t("workload.away") : t("workload.ofHours", { planned: one.planned, capacity: one.capacity })}
            </span>
            {one.overdue > 0 ? <em>{t("workload.overdue", { n: one.overdue })}</em> : null}
          </li>
        ))}
      </ul>
      {people.length > SHOWN ? <p className="gx-muted">{t("home.load.more", { n: people.length - SHOWN })}</p> : null}
    </HomeCard>
  );
}

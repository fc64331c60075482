import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useRecordCount } from "@/engine/records";
import { ObjectIcon } from "@/ui/object-icon";
import { HomeCard } from "./home-card";

/** What waits for one's answer, by the ready list that finds it and the part of "My work" that shows it. */
const ASKED = [
  { object: "activity", view: "to_accept", tab: "tasks" },
  { object: "handover", view: "to_me", tab: "referrals" },
] as const;

/** What colleagues gave one and is to be accepted or declined; nothing where nobody waits. */
export function WaitingCard({ objects }: { objects: ObjectMeta[] }) {
  const { t } = useTranslation();
  const asked = ASKED.map(({ object, view, tab }) => {
    const found = objects.find((one) => one.name === object);
    const filter = found?.views.list.find((one) => one.name === view)?.filter ?? null;
    return { object: found, filter, view, tab };
  });
  const [tasks, referrals] = asked;
  const first = useWaiting(tasks?.object, tasks?.filter);
  const second = useWaiting(referrals?.object, referrals?.filter);
  if (first + second === 0) return null;
  return (
    <HomeCard title={t("home.waiting.title")} count={first + second}>
      <ul className="gx-home-waiting">
        {[first, second].map((count, index) => {
          const line = asked[index];
          return count > 0 && line?.object ? (
            <Waiting key={line.view} object={line.object} tab={line.tab} view={line.view} count={count} />
          ) : null;
        })}
      </ul>
    </HomeCard>
  );
}

function useWaiting(object: ObjectMeta | undefined, filter: string | null | undefined): number {
  // Without the object there is nothing to count: the condition that nothing fulfils is the cheapest question.
  return useRecordCount(object?.name ?? "activity", { filter: filter ?? "false" }).data?.value ?? 0;
}

interface WaitingProps {
  object: ObjectMeta;
  tab: (typeof ASKED)[number]["tab"];
  view: string;
  count: number;
}

function Waiting({ object, tab, view, count }: WaitingProps) {
  const { t } = useTranslation();
  return (
    <li>
      <Link to="/my-work" search={{ tab, view }}>
        <ObjectIcon icon={object.icon} /> {t(`home.waiting.${tab}`, { count })}
      </Link>
    </li>
  );
}

import type { WorkloadPerson } from "@/api/types";

export interface Load {
  id: string;
  name: string;
  /** Hours for people. */
  planned: string;
  capacity: string;
  /** Of the bar, 0 to 1. */
  part: number;
  strain: "free" | "busy" | "over";
  /** The whole day. */
  away: boolean;
  overdue: number;
}

const hours = (minutes: number): string => String(Math.round(minutes / 6) / 10);

/** How the first day of a board loads each of its people, the most loaded first, of those alike who has most overdue. */
export function loadOf(people: WorkloadPerson[]): Load[] {
  const loads = people.flatMap((person): (Load & { share: number })[] => {
    const day = person.days[0];
    if (!day) return [];
    const { planned, capacity } = day;
    const share = capacity > 0 ? planned / capacity : planned > 0 ? Number.POSITIVE_INFINITY : 0;
    return [
      {
        id: person.member.id,
        name: person.member.label ?? "",
        planned: hours(planned),
        capacity: hours(capacity),
        part: Math.min(1, share),
        strain: share > 1 ? "over" : share > 0 ? "busy" : "free",
        away: day.away === 2,
        overdue: person.overdue,
        share,
      },
    ];
  });
  const order = (one: (typeof loads)[number], other: (typeof loads)[number]) =>
    one.share === other.share ? other.overdue - one.overdue : other.share > one.share ? 1 : -1;
  return loads.sort(order).map(({ share: _, ...load }) => load);
}

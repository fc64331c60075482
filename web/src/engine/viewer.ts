import { useMemo } from "react";
import { toWallTime } from "@/fields/datetime/zone";
import type { Viewer } from "./expression/record-scope";
import type { Maker } from "./form/prefill";
import { useMe } from "./session";

/** The caller as the maker of a new record. */
export function useMaker(): Maker {
  const me = useMe();
  return useMemo(() => {
    const now = new Date();
    return {
      user: { id: me.user.id, label: me.user.name },
      department: me.user.department,
      today: toWallTime(now.toISOString(), me.time_zone).format("YYYY-MM-DD"),
      now: `${now.toISOString().slice(0, 19)}Z`,
    };
  }, [me]);
}

/** The caller as conditions see him. */
export function useViewer(): Viewer {
  const me = useMe();
  return useMemo(
    () => ({
      id: me.user.id,
      department: me.user.department?.id ?? null,
      ownDepartments: me.user.own_departments,
      selves: me.user.selves,
      circles: me.user.circles,
      keeps: me.user.keeps,
      roles: me.user.roles,
      timeZone: me.time_zone,
    }),
    [me],
  );
}

import { useMemo } from "react";
import type { Viewer } from "./expression/record-scope";
import { useMe } from "./session";

/** The caller as conditions see him. */
export function useViewer(): Viewer {
  const me = useMe();
  return useMemo(
    () => ({
      id: me.user.id,
      department: me.user.department?.id ?? null,
      roles: me.user.roles,
      timeZone: me.time_zone,
    }),
    [me],
  );
}

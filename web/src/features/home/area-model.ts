import type { ListQuery, Meta, ObjectMeta } from "@/api/types";
import { allOf } from "@/engine/aggregate";
import { findField, findObject } from "@/engine/meta";
import { openCondition } from "./home-model";

/** Records of an object that stand on the page of its area. */
export const AREA_RECORDS = 5;

/** An area of work: what the navigation groups, as far as the caller may see it. */
export interface Area {
  app: string;
  label: Meta["navigation"][number]["label"];
  objects: ObjectMeta[];
}

export function areaOf(meta: Meta, app: string): Area | null {
  const group = meta.navigation.find((one) => one.app === app);
  if (!group) return null;
  return {
    app,
    label: group.label,
    objects: group.objects.map((name) => findObject(meta, name)).filter((object) => object !== null),
  };
}

/** The field that says how far a record is, where the object's board goes by one with ends. */
function stateOf(object: ObjectMeta): string | null {
  const name = object.views.board?.group_by ?? "status";
  return findField(object, name)?.options?.some((option) => option.closed) ? name : null;
}

export interface AreaQuery {
  /** What they are to the caller: his own that are not done yet, his own, or simply the latest. */
  kind: "open" | "own" | "latest";
  filter: string;
  query: ListQuery;
}

/** The records of an object worth a look: one's own open ones first; the latest where nobody owns them. */
export function areaQuery(object: ObjectMeta): AreaQuery {
  const state = stateOf(object);
  const owned = findField(object, "owner") !== null;
  const filter = allOf(owned ? "owner == me.id" : "", owned && state ? openCondition(object, state) : "");
  return {
    kind: owned ? (state ? "open" : "own") : "latest",
    filter,
    query: {
      ...(filter ? { filter } : {}),
      sort: "-updated_at",
      fields: [object.title_field, ...(state ? [state] : []), "updated_at"].join(","),
      limit: AREA_RECORDS,
      count: "capped",
    },
  };
}

/** The field whose value stands beside a record's name. */
export const areaState = stateOf;

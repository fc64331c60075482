import { useMemo } from "react";
import { findObject, useMeta } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { asReference, asText } from "@/fields/values";

const DEPARTMENT = "department";

export interface DepartmentEntry {
  id: string;
  name: string;
  parent: string | null;
}

/** The departments the caller sees; none where he may see none. */
export function useDepartments(): DepartmentEntry[] {
  const known = findObject(useMeta(), DEPARTMENT) !== null;
  const list = useRecordList(DEPARTMENT, { fields: "name,parent", sort: "name", limit: 500 }, { enabled: known });
  return useMemo(
    () =>
      (list.data?.pages ?? [])
        .flatMap((page) => page.items)
        .map((item) => ({ id: item.id, name: asText(item.name), parent: asReference(item.parent)?.id ?? null })),
    [list.data],
  );
}

/** As a tree to choose from; who sees only a branch of it begins there. */
export interface DepartmentNode {
  value: string;
  title: string;
  children: DepartmentNode[];
}

export function treeOf(entries: DepartmentEntry[]): DepartmentNode[] {
  const nodes = new Map(
    entries.map((one): [string, DepartmentNode] => [one.id, { value: one.id, title: one.name, children: [] }]),
  );
  const roots: DepartmentNode[] = [];
  for (const one of entries) {
    const node = nodes.get(one.id);
    const parent = one.parent ? nodes.get(one.parent) : undefined;
    if (node) (parent?.children ?? roots).push(node);
  }
  return roots;
}

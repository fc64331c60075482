import type { RecordData } from "@/api/types";
import { asReference } from "@/fields/values";

export interface DepartmentNode {
  record: RecordData;
  children: DepartmentNode[];
}

/** Departments below their parents. Whoever has no parent in sight, or is part of a ring, stands at the top. */
export function departmentTree(records: RecordData[]): DepartmentNode[] {
  const nodes = new Map(records.map((record) => [record.id, { record, children: [] as DepartmentNode[] }]));
  const parentOf = (record: RecordData) => nodes.get(asReference(record.parent)?.id ?? "");
  const inRing = (record: RecordData): boolean => {
    const seen = new Set([record.id]);
    for (let parent = parentOf(record); parent; parent = parentOf(parent.record)) {
      if (parent.record.id === record.id) return true;
      if (seen.has(parent.record.id)) return false;
      seen.add(parent.record.id);
    }
    return false;
  };
  const roots: DepartmentNode[] = [];
  for (const node of nodes.values()) {
    const parent = inRing(node.record) ? undefined : parentOf(node.record);
    if (parent) parent.children.push(node);
    else roots.push(node);
  }
  return roots;
}

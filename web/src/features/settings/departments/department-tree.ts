import type { RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";

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

/** The departments a department cannot be moved below: itself and those below it already. */
export function belowItself(nodes: DepartmentNode[], id: string): Set<string> {
  const found = new Set<string>();
  const collect = (node: DepartmentNode): void => {
    found.add(node.record.id);
    node.children.forEach(collect);
  };
  const search = (level: DepartmentNode[]): void => {
    for (const node of level) {
      if (node.record.id === id) collect(node);
      else search(node.children);
    }
  };
  search(nodes);
  return found;
}

/** Every department with the names of those above it, in the order of the tree. */
export function departmentPaths(nodes: DepartmentNode[], above: string[] = []): { id: string; path: string[] }[] {
  return nodes.flatMap((node) => {
    const path = [...above, asText(node.record.name)];
    return [{ id: node.record.id, path }, ...departmentPaths(node.children, path)];
  });
}

import type { Candidate } from "@/api/ownership";
import type { FieldValue, Reference } from "@/api/types";
import { isObject } from "@/fields/values";
import { Candidates } from "./candidates";
import "./ownership.css";

/** With which figures a department was found. */
export function FiguresDisplay({ value }: { value: FieldValue }) {
  const figures = isObject(value) && !Array.isArray(value) ? (value as { candidates?: unknown }).candidates : value;
  const candidates = (Array.isArray(figures) ? figures : []) as { department?: Reference; value?: string | null }[];
  const known = candidates.filter((one): one is Candidate => isReference(one.department));
  if (known.length === 0) return null;
  return <Candidates candidates={known} found={known[0]?.department.id ?? null} />;
}

const isReference = (value: unknown): value is Reference =>
  typeof value === "object" && value !== null && "id" in value;

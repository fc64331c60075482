import { plainField } from "@/api/plain-field";
import type { FieldMeta, Label } from "@/api/types";

const MEMBER: Label = { "zh-CN": "成员", en: "Member" };

/** A member to choose, as any field that names one. */
export const memberField = (name: string, label: Label = MEMBER): FieldMeta =>
  plainField(name, "user", label, { target: "user" });

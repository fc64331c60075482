import { useLabel } from "@/i18n/i18n";
import { findObject, useMeta } from "../meta";
import type { PlanDraft } from "./plan";

/** What a part is called: by its object, numbered where a row makes several of it. */
export function usePartNames({ parts }: Pick<PlanDraft, "parts">): (key: string) => string {
  const meta = useMeta();
  const label = useLabel();
  return (key) => {
    const part = parts.find((one) => one.key === key);
    if (!part) return key;
    const name = label(findObject(meta, part.object)?.label) || part.object;
    const same = parts.filter((one) => one.object === part.object);
    return same.length > 1 ? `${name} ${same.indexOf(part) + 1}` : name;
  };
}

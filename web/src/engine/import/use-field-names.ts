import { useLabel } from "@/i18n/i18n";
import type { PartDraft } from "./plan";
import { usePartNames } from "./use-part-names";

/** What the field of a part is called; led by its object where a row makes several. */
export function useFieldNames(parts: PartDraft[]): (part: string, field: string) => string {
  const label = useLabel();
  const nameOf = usePartNames({ parts });
  return (key, path) => {
    const part = parts.find((one) => one.key === key);
    const head = path.split(".")[0];
    const target = part?.fields.find((one) => one.path === path) ?? part?.fields.find((one) => one.path === head);
    const name = label(target?.label) || path;
    return parts.length > 1 && target ? `${nameOf(key)} · ${name}` : name;
  };
}

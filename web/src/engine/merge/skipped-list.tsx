import { useTranslation } from "react-i18next";
import type { UndoResult } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { findField, findObject, useMeta } from "../meta";
import "./merges-panel.css";
import { groupSkipped, type SkippedGroup } from "./skipped";

const REASONS = ["changed_since", "gone", "forbidden", "invalid"] as const;

interface SkippedListProps {
  skipped: UndoResult["skipped"];
  names: ReadonlyMap<string, string>;
}

/** What was not taken back, and why, in words. */
export function SkippedList({ skipped, names }: SkippedListProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const text = (group: SkippedGroup): string => {
    const object = findObject(meta, group.object);
    const fields = group.fields
      .map((name) => (object && label(findField(object, name)?.label)) || name)
      .join(t("common.comma"));
    const reason = t(`merging.skipped.${REASONS.find((known) => known === group.reason) ?? "changed_since"}`);
    const name = names.get(group.ids[0] ?? "");
    if (name) {
      const words = { object: label(object?.label) || group.object, name, fields, reason };
      return fields ? t("merging.skippedFields", words) : t("merging.skippedWhole", words);
    }
    const n = formats.number(group.ids.length);
    const words = { object: label(object?.plural) || group.object, n, fields, reason };
    return fields ? t("merging.skippedOthers", words) : t("merging.skippedOthersWhole", words);
  };
  return (
    <ul className="gx-skipped">
      {groupSkipped(skipped, names).map((group) => (
        <li key={group.ids.join(" ")}>{text(group)}</li>
      ))}
    </ul>
  );
}

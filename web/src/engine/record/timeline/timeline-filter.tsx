import { Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { COMMENT } from "../../comments/comment-model";
import { findField, findObject, useMeta } from "../../meta";
import { ACTIVITY } from "../quick-log-values";

const KINDS = ["all", "comment", "activity", "note", "change", "stage_move", "file"] as const;
type Kind = (typeof KINDS)[number];

/** What stands on a timeline of all that may: a kind, or of activities one kind (`activity.message`). */
export type TimelineChoice = Kind | `activity.${string}`;

interface Props {
  object: ObjectMeta;
  value: TimelineChoice;
  onChange: (choice: TimelineChoice) => void;
  comments: boolean;
}

/** Narrows a timeline down to a kind of entry. */
export function TimelineFilter({ object, value, onChange, comments }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const [kind, option] = value.split(".") as [Kind, string | undefined];
  const activity = findObject(meta, ACTIVITY);
  const options = (activity && findField(activity, "kind")?.options) || [];
  const refersHere = (name: string) => object.views.record.related.some((list) => list.object === name);
  // The moves of deals stand on the timeline of whom they are of.
  const moves = findObject(meta, "stage_move") !== null && refersHere("opportunity") && object.name === "account";
  const offered = KINDS.filter((one) => (one !== COMMENT || comments) && (one !== "stage_move" || moves));
  return (
    <div className="gx-timeline-filter">
      <Segmented<Kind>
        size="small"
        value={kind}
        onChange={onChange}
        options={offered.map((one) => ({ value: one, label: t(`record.kinds.${one}`) }))}
        aria-label={t("record.timelineFilter")}
      />
      {kind === ACTIVITY && options.length > 1 ? (
        <Select
          size="small"
          value={option ?? ""}
          onChange={(next) => onChange(next ? `activity.${next}` : ACTIVITY)}
          options={[
            { value: "", label: t("record.allActivities") },
            ...options.map((one) => ({ value: one.value, label: label(one.label) })),
          ]}
          aria-label={t("record.activityKind")}
        />
      ) : null}
    </div>
  );
}

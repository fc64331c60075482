import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DuplicateGroup, DuplicateState } from "@/api/duplicates";
import type { ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { ButtonLink } from "@/ui/button-link";
import { useIsPhone } from "@/ui/use-media";
import { CertaintyTag } from "./candidate-line";
import { GroupCompare } from "./group-compare";
import { GroupStack } from "./group-stack";
import { PairReasons } from "./pair-reasons";
import { queueRows, surestFirst, tellingRows } from "./queue";
import { certaintyOf } from "./reasons";

interface GroupCardProps {
  object: ObjectMeta;
  group: DuplicateGroup;
  state: DuplicateState;
  /** Its place in the queue, from 1. */
  number: number;
  /** The keyboard is at it. */
  current: boolean;
  /** Somebody else did something with its records meanwhile. */
  dealtWith: boolean;
  onEnter: () => void;
  /** Decides on the whole group, or on one record against the others. */
  onDecide: (only?: string) => void;
}

/** As many pairs are explained at once; of large groups the surest. */
const FEW_PAIRS = 3;

/** Records that may be one: side by side, why, and what to do. */
export function GroupCard(props: GroupCardProps) {
  const { object, group, state, number, current, dealtWith, onEnter, onDecide } = props;
  const { t } = useTranslation();
  const phone = useIsPhone();
  const [all, setAll] = useState(false);
  const { records } = group;
  const name = (record: RecordData | undefined) =>
    titleText(record?.[object.title_field] ?? null) || t("record.untitled");
  const rows = queueRows(object, group);
  const telling = tellingRows(object, rows);
  const several = records.length > 2;
  const pairs = surestFirst(group.pairs);
  const nameOf = (id: string) => name(records.find((record) => record.id === id));
  const size = t("duplicates.groupRecords", { n: records.length });
  const certainty = t(`duplicates.certainty.${certaintyOf(group.certainty)}`);
  const compared = {
    object,
    records,
    rows: all ? rows : telling,
    nameOf: name,
    onDecide: several && state === "open" ? onDecide : null,
  };
  const ids = records.map((record) => record.id).join(",");
  return (
    <article
      className="gx-panel gx-group"
      data-group={group.group}
      data-current={current || undefined}
      // Where the keyboard is, as a list's row is.
      tabIndex={-1}
      aria-label={t("duplicates.group", { n: number, certainty, records: size })}
      onFocus={onEnter}
    >
      <header>
        <CertaintyTag probability={group.certainty} />
        <span className="gx-muted">{size}</span>
        {dealtWith ? <span className="gx-group-note">{t("duplicates.changedSince")}</span> : null}
        <span className="gx-group-space" />
        <Button onClick={() => onDecide()}>
          {state === "different"
            ? t("duplicates.reopen")
            : several
              ? t("duplicates.allDifferent")
              : t("duplicates.different")}
        </Button>
        {state === "open" ? (
          <ButtonLink
            color="primary"
            variant="solid"
            to="/merge/$object"
            params={{ object: object.name }}
            search={{ ids, from: "queue" }}
          >
            {t("duplicates.merge")}
          </ButtonLink>
        ) : null}
      </header>
      {pairs.slice(0, FEW_PAIRS).map((pair) => (
        <PairReasons
          key={`${pair.left} ${pair.right}`}
          object={object}
          pair={pair}
          names={several ? t("duplicates.pair", { left: nameOf(pair.left), right: nameOf(pair.right) }) : null}
        />
      ))}
      {phone ? <GroupStack {...compared} /> : <GroupCompare {...compared} />}
      {rows.length > telling.length ? (
        <Button type="link" size="small" className="gx-input-switch" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("duplicates.fewFields") : t("duplicates.allFields")}
        </Button>
      ) : null}
    </article>
  );
}

import { useTranslation } from "react-i18next";
import type { QualityRule, WorkItem } from "@/api/quality";
import type { ObjectMeta } from "@/api/types";
import { findField } from "@/engine/meta";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { TickBox } from "@/ui/tick-box";
import { findingsOf } from "./model";
import { Score } from "./score";

interface WorkTableProps {
  object: ObjectMeta;
  items: WorkItem[];
  rules: QualityRule[];
  mayTick: boolean;
  ticked: ReadonlySet<string>;
  onTick: (ticked: ReadonlySet<string>) => void;
  /** The next answer is on its way. */
  stale: boolean;
}

/** Records with what is wrong with each: what to do is said, and its page leads to the field. */
export function WorkTable({ object, items, rules, mayTick, ticked, onTick, stale }: WorkTableProps) {
  const { t } = useTranslation();
  const owned = findField(object, "owner") !== null;
  const label = useLabel();
  const formats = useFormats();
  const all = items.every(({ record }) => ticked.has(record.id));
  const toggle = (id: string) => {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    onTick(next);
  };
  return (
    <table className="gx-table gx-mend" data-stale={stale || undefined}>
      <caption className="gx-visually-hidden">{t("quality.worklist")}</caption>
      <thead>
        <tr>
          {mayTick ? (
            <th scope="col">
              <TickBox
                checked={all}
                partly={!all && ticked.size > 0}
                label={t("quality.tickAll")}
                onTick={() => onTick(all ? new Set() : new Set(items.map(({ record }) => record.id)))}
              />
            </th>
          ) : null}
          <th scope="col">{label(object.label)}</th>
          <th scope="col" data-align="end">
            {t("quality.score")}
          </th>
          <th scope="col">{t("quality.toMend")}</th>
          {owned ? <th scope="col">{t("quality.by.owner")}</th> : null}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const { record } = item;
          const title = titleText(record[object.title_field]) || t("record.untitled");
          const owner = asReference(record.owner);
          return (
            <tr key={record.id}>
              {mayTick ? (
                <td>
                  <TickBox checked={ticked.has(record.id)} label={title} onTick={() => toggle(record.id)} />
                </td>
              ) : null}
              <th scope="row">
                <RecordLink object={object.name} id={record.id}>
                  {title}
                </RecordLink>
              </th>
              <td data-align="end">
                <Score value={item.score} />
              </td>
              <td>
                <ul>
                  {findingsOf(item, rules).map(({ rule, since }) => (
                    <li
                      key={rule.id}
                      data-severity={rule.severity}
                      title={t("quality.since", { at: formats.relative(since) })}
                    >
                      {label(rule.message)}
                    </li>
                  ))}
                </ul>
              </td>
              {owned ? <td>{record.owner ? (owner?.label ?? t("common.notVisible")) : t("quality.nobody")}</td> : null}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { CASE, CASE_STEP, type TemplateFigures } from "@/api/processes";
import { useRecordList } from "@/engine/records";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useSpan } from "@/ui/span";
import { columnsOf, countsOf, isOverdue, readStanding, type StandingColumn, titleOf } from "./overview-model";

const MOST = 500;
const SHOWN = 8;

/** Every case at the step it stands at; the step that holds them up is marked. */
export function StandingBoard({ template }: { template: TemplateFigures }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const list = useRecordList(CASE_STEP, {
    filter: `process_template == "${template.id}" && state in ["open", "waiting"]`,
    sort: "due_at",
    limit: MOST,
    fields: "process_case,process_case.record,step_key,name,state,member,started_at,due_at",
  });
  const hidden = t("common.notVisible");
  const columns = useMemo(
    () => columnsOf(template, readStanding(list.data?.pages.flatMap(({ items }) => items) ?? [], hidden), Date.now()),
    [template, list.data, hidden],
  );
  if (list.isPending) return <PageSkeleton rows={4} />;
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const read = columns.reduce((sum, { cards }) => sum + cards.length, 0);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className="gx-standing" aria-label={t("processes.standing", { name: template.name })} tabIndex={0}>
        {columns.map((column) => (
          <Column
            key={column.key}
            column={column}
            template={template.name}
            bottleneck={column.key === template.bottleneck}
            whole={!list.hasNextPage}
          />
        ))}
      </section>
      {list.hasNextPage ? (
        <p className="gx-process-facts" role="status">
          {t("processes.firstShown", { n: formats.number(read) })}
          <Button size="small" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("processes.more")}
          </Button>
        </p>
      ) : null}
    </>
  );
}

interface ColumnProps {
  column: StandingColumn;
  /** What the template is called. */
  template: string;
  bottleneck: boolean;
  /** All that stand there are read; else the figures say how many there are. */
  whole: boolean;
}

function Column({ column, template, bottleneck, whole }: ColumnProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const span = useSpan();
  const [all, setAll] = useState(false);
  const now = Date.now();
  const { figures, cards } = column;
  const [standing, late] = countsOf(column, whole, now);
  const said = [
    late > 0 ? t("processes.overdue", { n: formats.number(late) }) : "",
    figures?.average_seconds ? t("processes.takes", { time: span(figures.average_seconds) }) : "",
    figures ? "" : t("processes.olderVersion"),
  ].filter(Boolean);
  return (
    <section data-bottleneck={bottleneck || undefined} aria-label={column.name}>
      <h3>
        {column.name}
        {bottleneck ? <small className="gx-process-sign">{t("processes.bottleneck")}</small> : null}
        <span className="gx-numeric">{formats.number(standing)}</span>
      </h3>
      <p>{said.join(" · ") || "\u00a0"}</p>
      <ul>
        {cards.slice(0, all ? cards.length : SHOWN).map((card) => {
          const overdue = isOverdue(card, now);
          const { title, more } = titleOf(card, template);
          return (
            <li key={card.id}>
              <RecordLink object={CASE} id={card.case.id}>
                {title}
              </RecordLink>
              {more ? <span>{more}</span> : null}
              <span>{card.waiting ? t("processes.nobody") : (card.member ?? t("common.notVisible"))}</span>
              <span className={overdue ? "gx-process-late" : undefined}>
                {card.due
                  ? t("processes.due", { at: formats.relative(card.due) })
                  : card.since
                    ? t("processes.since", { at: formats.relative(card.since) })
                    : ""}
              </span>
            </li>
          );
        })}
      </ul>
      {cards.length > SHOWN && !all ? (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("processes.showAll", { n: formats.number(cards.length) })}
        </Button>
      ) : null}
    </section>
  );
}

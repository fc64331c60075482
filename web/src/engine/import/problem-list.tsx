import { useVirtualizer } from "@tanstack/react-virtual";
import { Select } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RowProblem } from "@/api/imports";
import { problemKinds } from "./mapping";

/** Of a row whose reason fits on one line; the others are measured. */
const ROW_HEIGHT = 40;

interface ProblemListProps {
  problems: RowProblem[];
  more: boolean;
  fieldName: (path: string) => string;
}

/** The rows that cannot be used, with the reason; filtered by kind. */
export function ProblemList({ problems, more, fieldName }: ProblemListProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState("");
  const scroller = useRef<HTMLDivElement>(null);
  const shown = kind === "" ? problems : problems.filter((one) => `${one.field}:${one.code}` === kind);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  return (
    <section className="gx-panel">
      <div className="gx-import-problems-head">
        <h2>{t("imports.problems", { n: `${problems.length}${more ? "+" : ""}` })}</h2>
        <Select
          value={kind}
          onChange={setKind}
          options={[
            { value: "", label: t("imports.allProblems") },
            ...problemKinds(problems).map((one) => ({
              value: one.key,
              label: `${t("common.about", { name: fieldName(one.field), text: one.message })} (${one.count})`,
            })),
          ]}
          popupMatchSelectWidth={false}
          aria-label={t("imports.filterProblems")}
        />
      </div>
      {more ? <p className="gx-muted">{t("imports.moreProblems")}</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <div className="gx-import-problems" ref={scroller} tabIndex={0}>
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const problem = shown[item.index];
            if (!problem) return null;
            return (
              <li
                key={item.key}
                ref={rows.measureElement}
                data-index={item.index}
                className="gx-import-problem-row"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <span className="gx-numeric gx-muted">{t("imports.row", { n: problem.row })}</span>
                <span className="gx-ellipsis">{fieldName(problem.field)}</span>
                <span className="gx-ellipsis" title={problem.value}>
                  {problem.value ? `“${problem.value}”` : ""}
                </span>
                <span className="gx-import-problem-reason">{problem.message}</span>
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

import { Alert, Progress } from "antd";
import { useTranslation } from "react-i18next";
import type { EnrichmentRun } from "@/api/enrichment";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { FixChanges } from "../quality/fix-changes";
import { firstFailure, withheldCounts } from "./model";

/** What a run would change, and of whom nothing came and why. */
export function RunResult({ object, run }: { object: ObjectMeta; run: EnrichmentRun }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  if (run.state === "asking") {
    return (
      <section aria-live="polite">
        <p>{t("enrichment.asking", { n: formats.number(run.done), total: formats.number(run.total) })}</p>
        <Progress percent={Math.round((run.done / Math.max(run.total, 1)) * 100)} showInfo={false} />
        <p className="gx-muted">{t("enrichment.askingText")}</p>
      </section>
    );
  }
  const withheld = [...withheldCounts(run.items)];
  const nothing = run.items.filter(({ state }) => state === "nothing").length;
  const known = run.items.filter(
    ({ state, changes, typed: kept, problems }) =>
      state === "answered" && changes.length + kept.length + problems.length === 0,
  ).length;
  const failure = firstFailure(run.items);
  const typed = run.items.filter((item) => item.typed.length > 0);
  const changing = run.items.filter((item) => item.changes.length > 0);
  const notes = [
    ...withheld.map(([reason, n]) => t("enrichment.withheld", { n, reason: t(`enrichment.reasons.${reason}`) })),
    ...(nothing > 0 ? [t("enrichment.nothing", { n: nothing })] : []),
    ...(known > 0 ? [t("enrichment.nothingNew", { n: known })] : []),
    ...(typed.length > 0
      ? [
          t("enrichment.typedStays", {
            n: typed.length,
            fields: [...new Set(typed.flatMap((item) => item.typed.map((one) => label(one.label))))].join(
              t("common.comma"),
            ),
          }),
        ]
      : []),
  ];
  return (
    <>
      {failure ? (
        <Alert type="error" showIcon title={t("enrichment.failed", { n: failure.n })} description={failure.reason} />
      ) : null}
      {notes.length > 0 ? (
        <ul className="gx-enrichment-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      <FixChanges
        object={object}
        preview={{
          total: run.total,
          changed: run.changed,
          unchanged: run.total - changing.length,
          refused: changing.length - run.changed,
          items: changing as never,
          digest: run.digest,
        }}
      />
    </>
  );
}

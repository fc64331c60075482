import { CheckCircleOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportGuess, type ImportPreview, type ImportProgress, planImport, runImport } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { Counts } from "./counts";
import { useLeavingOut } from "./leave-out";
import { LikelyList } from "./likely-list";
import { readCellAs } from "./mapping";
import { PartCountsTable } from "./part-counts";
import { type PlanDraft, planInput, withPart } from "./plan";
import { ProblemPanel } from "./problem-panel";
import { RepeatedList } from "./repeated-list";
import { UnreadValues } from "./unread-values";
import { useFieldNames } from "./use-field-names";

/** Up to so many rows are counted anew by themselves after something was mended. */
const QUICK_ROWS = 5_000;
const RECHECK_AFTER_MS = 1_200;

interface CheckStepProps {
  object: ObjectMeta;
  progress: ImportProgress;
  guess: ImportGuess;
  draft: PlanDraft;
  preview: ImportPreview;
  onDraft: (draft: PlanDraft) => void;
  onPreview: (preview: ImportPreview) => void;
  onBack: () => void;
  onRun: (progress: ImportProgress) => void;
}

/** What the import would do, before it does it, and what stands in its way, to be mended here. Nothing is written yet. */
export function CheckStep(props: CheckStepProps) {
  const { object, progress, guess, draft, preview, onDraft, onPreview, onBack, onRun } = props;
  const { t } = useTranslation();
  const formats = useFormats();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [waiting, setWaiting] = useState(0);
  const busy = waiting > 0;
  const [stale, setStale] = useState(false);
  /** Counts the checks that changed which rows are in question. */
  const [checks, setChecks] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** What is said by now: a timer that was set before sends this, not what was said then. */
  const latest = useRef(draft);
  /** Counts what was said and mended: what is shown is what would be imported only while nothing came after it was asked. */
  const edits = useRef(0);
  /** One question after the other: the plan that is asked about last is the one that is run. */
  const turn = useRef(Promise.resolve());
  const fieldName = useFieldNames(draft.parts);
  const { counts, problems } = preview;
  const usable = counts.create + counts.update;
  useEffect(() => () => clearTimeout(timer.current), []);

  const attempt = (work: () => Promise<void>) => {
    clearTimeout(timer.current);
    setWaiting((n) => n + 1);
    turn.current = turn.current.then(work).then(
      () => setWaiting((n) => n - 1),
      (error: unknown) => {
        setWaiting((n) => n - 1);
        void message.error(errorText(error));
      },
    );
  };
  const recheck = (anew: boolean) =>
    attempt(async () => {
      const asked = edits.current;
      onPreview(await planImport(progress.id, planInput(latest.current)));
      if (asked === edits.current) setStale(false);
      if (anew) setChecks((n) => n + 1);
    });
  const outdated = () => {
    edits.current += 1;
    clearTimeout(timer.current);
    setStale(true);
  };
  const say = (next: PlanDraft) => {
    latest.current = next;
    onDraft(next);
    outdated();
  };
  const changed = () => {
    outdated();
    if (preview.rows > QUICK_ROWS) return;
    timer.current = setTimeout(() => recheck(false), RECHECK_AFTER_MS);
  };
  const leaving = useLeavingOut(progress.id, changed);
  const readSame = (column: number, from: string, to: string) => {
    const next = latest.current.parts.reduce((plan, part) => {
      const uses = part.mapping.map((choice) =>
        choice.column.index === column && choice.field !== null
          ? { ...choice, options: { ...choice.options, values: { ...choice.options.values, [from]: to } } }
          : choice,
      );
      return withPart(plan, { ...part, mapping: uses });
    }, latest.current);
    say(next);
    recheck(true);
  };
  return (
    <>
      <section className="gx-panel">
        <h2>{t("imports.previewTitle")}</h2>
        <p>{t("imports.previewText")}</p>
        <Counts counts={counts} done={false} />
        <PartCountsTable parts={preview.parts} draft={draft} done={false} />
        {preview.complete ? null : (
          <p className="gx-muted">{t("imports.firstRows", { n: formats.number(preview.rows) })}</p>
        )}
        {preview.emptied > 0 ? (
          <Alert
            type="warning"
            showIcon
            title={t(preview.complete ? "imports.emptied" : "imports.emptiedAtLeast", {
              n: formats.number(preview.emptied),
            })}
            description={t("imports.emptiedText")}
          />
        ) : null}
        {counts.reject === 0 ? (
          <p className="gx-import-fine">
            <CheckCircleOutlined /> {t("imports.noProblems")}
          </p>
        ) : null}
      </section>
      <UnreadValues
        parts={draft.parts}
        problems={problems}
        onRead={(part, field, cell, value) => {
          const now = latest.current.parts.find(({ key }) => key === part.key) ?? part;
          say(withPart(latest.current, { ...now, mapping: readCellAs(now.mapping, field, cell, value) }));
        }}
      />
      {counts.reject > 0 || checks > 0 || stale ? (
        <ProblemPanel
          key={checks}
          id={progress.id}
          columns={guess.columns}
          parts={draft.parts}
          kinds={preview.kinds}
          fieldName={fieldName}
          onChanged={changed}
          onSame={readSame}
        />
      ) : null}
      <RepeatedList repeated={preview.repeated} draft={draft} leaving={leaving} />
      {preview.duplicates ? <LikelyList object={object} likely={preview.duplicates} leaving={leaving} /> : null}
      {usable === 0 ? <Alert type="warning" showIcon title={t("imports.nothingToDo")} /> : null}
      <footer className="gx-import-foot">
        <Button onClick={onBack} disabled={busy}>
          {t("imports.backToMapping")}
        </Button>
        <span className="gx-import-foot-end">
          {stale ? (
            <Button loading={busy} onClick={() => recheck(true)}>
              {t("imports.recheck")}
            </Button>
          ) : null}
          <Button
            type="primary"
            loading={busy && !stale}
            disabled={usable === 0 || stale}
            onClick={() => attempt(async () => onRun(await runImport(progress.id)))}
          >
            {t("imports.run", { n: formats.number(usable) })}
          </Button>
        </span>
      </footer>
    </>
  );
}

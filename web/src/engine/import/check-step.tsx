import { CheckCircleOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportPreview, type ImportUpload, planImport, runImport } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { Counts } from "./counts";
import { LikelyList } from "./likely-list";
import { type ColumnChoice, type Match, planInput, readCellAs } from "./mapping";
import { ProblemList } from "./problem-list";
import { UnreadValues } from "./unread-values";

interface CheckStepProps {
  object: ObjectMeta;
  upload: ImportUpload;
  mapping: ColumnChoice[];
  match: Match;
  preview: ImportPreview;
  onMapping: (mapping: ColumnChoice[]) => void;
  onPreview: (preview: ImportPreview) => void;
  onBack: () => void;
  onRun: () => void;
}

/** What the import would do, before it does it. Nothing has been written yet. */
export function CheckStep(props: CheckStepProps) {
  const { object, upload, mapping, match, preview, onMapping, onPreview, onBack, onRun } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const [stale, setStale] = useState(false);
  const { counts, problems } = preview;
  const usable = counts.create + counts.update;
  const fieldName = (path: string) => {
    const field = upload.fields.find((candidate) => candidate.path === path);
    return field ? label(field.label) : path;
  };
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const recheck = () =>
    attempt(async () => {
      onPreview(await planImport(upload.id, planInput(mapping, match)));
      setStale(false);
    });
  const run = () =>
    attempt(async () => {
      await runImport(upload.id);
      onRun();
    });
  return (
    <>
      <section className="gx-panel">
        <h2>{t("imports.previewTitle")}</h2>
        <p>{t("imports.previewText")}</p>
        <Counts counts={counts} done={false} />
        {counts.reject === 0 ? (
          <p className="gx-import-fine">
            <CheckCircleOutlined /> {t("imports.noProblems")}
          </p>
        ) : null}
      </section>
      <UnreadValues
        object={object}
        mapping={mapping}
        problems={problems}
        onRead={(field, cell, value) => {
          onMapping(readCellAs(mapping, field, cell, value));
          setStale(true);
        }}
      />
      {problems.length > 0 ? (
        <ProblemList problems={problems} more={preview.more_problems} fieldName={fieldName} />
      ) : null}
      {preview.duplicates ? <LikelyList object={object} likely={preview.duplicates} /> : null}
      {usable === 0 ? <Alert type="warning" showIcon title={t("imports.nothingToDo")} /> : null}
      <footer className="gx-import-foot">
        <Button onClick={onBack} disabled={busy}>
          {t("imports.backToMapping")}
        </Button>
        {stale ? (
          <Button type="primary" loading={busy} onClick={() => void recheck()}>
            {t("imports.recheck")}
          </Button>
        ) : (
          <Button type="primary" loading={busy} disabled={usable === 0} onClick={() => void run()}>
            {t("imports.run", { n: formats.number(usable) })}
          </Button>
        )}
      </footer>
    </>
  );
}

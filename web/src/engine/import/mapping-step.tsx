import { Alert, App, Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportPreview, type ImportUpload, type OnMatch, planImport } from "@/api/imports";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { findField, useObject } from "../meta";
import {
  type ColumnChoice,
  chooseField,
  chooseOptions,
  keepMatch,
  type Match,
  matchChoices,
  missingRequired,
  planInput,
} from "./mapping";
import { MappingRow } from "./mapping-row";
import { SheetChoice } from "./sheet-choice";

interface MappingStepProps {
  upload: ImportUpload;
  /** What was sent; another sheet of it can be chosen. */
  file: File | null;
  mapping: ColumnChoice[];
  match: Match;
  onMapping: (mapping: ColumnChoice[]) => void;
  onMatch: (match: Match) => void;
  onUploaded: (upload: ImportUpload, file: File) => void;
  onBack: () => void;
  onChecked: (preview: ImportPreview) => void;
}

const NEW = "!new";
const ON_MATCH: OnMatch[] = ["skip", "fill", "overwrite"];

/** Which column is which field, and what becomes of rows whose record exists. */
export function MappingStep(props: MappingStepProps) {
  const { upload, file, mapping, match, onMapping, onMatch, onUploaded, onBack, onChecked } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const object = useObject(upload.object);
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [checking, setChecking] = useState(false);
  const missing = missingRequired(mapping, upload.fields, (path) => {
    const field = object ? findField(object, path) : null;
    return field?.default !== undefined && field.default !== null;
  });
  const matchable = matchChoices(mapping, upload.fields);
  const mapped = mapping.filter((choice) => choice.field !== null).length;
  const change = (next: ColumnChoice[]) => {
    onMapping(next);
    onMatch(keepMatch(match, next, upload.fields));
  };
  const check = async () => {
    setChecking(true);
    try {
      onChecked(await planImport(upload.id, planInput(mapping, match)));
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setChecking(false);
    }
  };
  return (
    <>
      <section className="gx-panel">
        <p className="gx-import-found">
          {t("imports.found", {
            rows: formats.number(upload.rows),
            columns: formats.number(upload.columns.length),
            format: upload.format.toUpperCase(),
            encoding: upload.encoding,
          })}{" "}
          <span className="gx-muted">{t("imports.mapped", { n: mapped, of: mapping.length })}</span>
        </p>
        {file ? <SheetChoice upload={upload} file={file} onUploaded={onUploaded} /> : null}
        <table className="gx-import-table" aria-label={t("imports.steps.mapping")}>
          <thead>
            <tr className="gx-import-row gx-import-row-head">
              <th scope="col">{t("imports.column")}</th>
              <th scope="col">{t("imports.samples")}</th>
              <th scope="col">{t("imports.field")}</th>
            </tr>
          </thead>
          <tbody>
            {mapping.map((choice) => (
              <MappingRow
                key={choice.column.index}
                choice={choice}
                mapping={mapping}
                fields={upload.fields}
                onField={(field) => change(chooseField(mapping, choice.column.index, field))}
                onOptions={(options) => change(chooseOptions(mapping, choice.column.index, options))}
              />
            ))}
          </tbody>
        </table>
      </section>
      <section className="gx-panel">
        <h2>{t("imports.matchTitle")}</h2>
        <p>{t("imports.matchText")}</p>
        <div className="gx-import-match">
          <Select
            value={match?.field ?? NEW}
            onChange={(field) => onMatch(field === NEW ? null : { field, on_match: match?.on_match ?? "fill" })}
            options={[
              { value: NEW, label: t("imports.matchNone") },
              ...matchable.map((field) => ({
                value: field.path,
                label: t("imports.matchBy", { field: label(field.label) }),
              })),
            ]}
            aria-label={t("imports.matchTitle")}
          />
          {match ? (
            <Select<OnMatch>
              value={match.on_match}
              onChange={(on_match) => onMatch({ ...match, on_match })}
              options={ON_MATCH.map((value) => ({ value, label: t(`imports.onMatch.${value}`) }))}
              aria-label={t("imports.onMatchTitle")}
            />
          ) : null}
        </div>
      </section>
      {missing.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={t("imports.missing", { fields: missing.map((field) => label(field.label)).join(t("common.comma")) })}
          description={t("imports.missingText")}
        />
      ) : null}
      <footer className="gx-import-foot">
        <Button onClick={onBack}>{t("imports.otherFile")}</Button>
        <Button type="primary" disabled={mapped === 0} loading={checking} onClick={() => void check()}>
          {checking ? t("imports.checking") : t("imports.check")}
        </Button>
      </footer>
    </>
  );
}

import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { OnMatch } from "@/api/imports";
import { useLabel } from "@/i18n/i18n";
import { matchChoices } from "./mapping";
import { givenFields, type PartDraft } from "./plan";

const ON_MATCH: OnMatch[] = ["skip", "fill", "overwrite", "new_version"];

interface MatchPanelProps {
  part: PartDraft;
  onPart: (part: PartDraft) => void;
}

/** By which fields together a row finds the record that is there, and what becomes of it then. */
export function MatchPanel({ part, onPart }: MatchPanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { match } = part;
  const given = givenFields(part);
  const choices = matchChoices(given, part.fields);
  const byFields = (fields: string[]) =>
    onPart({ ...part, match: fields.length === 0 ? null : { on_match: "fill", ...match, fields } });
  // The whole field is kept or overwritten, whatever its parts are called.
  const heads = new Set([...given].map((path) => path.split(".")[0] ?? path));
  const overwritable = part.fields.filter(
    (field) => heads.has(field.path) && !match?.fields.includes(field.path) && field.path !== "id",
  );
  const byOthers = (or_fields: string[]) => {
    if (!match) return;
    const { or_fields: _before, ...rest } = match;
    onPart({ ...part, match: or_fields.length > 0 ? { ...rest, or_fields } : rest });
  };
  const on = (on_match: OnMatch) => {
    if (!match) return;
    const { overwrite: _before, ...rest } = match;
    onPart({ ...part, match: { ...rest, on_match } });
  };
  const overwrite = (fields: string[]) => {
    if (!match) return;
    const { overwrite: _before, ...rest } = match;
    onPart({ ...part, match: fields.length > 0 ? { ...rest, overwrite: fields } : rest });
  };
  return (
    <fieldset className="gx-import-group">
      <legend>{t("imports.matchTitle")}</legend>
      <p className="gx-muted">{choices.length === 0 ? t("imports.matchNothing") : t("imports.matchText")}</p>
      <div className="gx-import-match">
        <Select
          mode="multiple"
          value={match?.fields ?? []}
          onChange={byFields}
          disabled={choices.length === 0}
          options={choices.map((field) => ({ value: field.path, label: label(field.label) }))}
          placeholder={t("imports.matchNone")}
          optionFilterProp="label"
          aria-label={t("imports.matchBy")}
        />
        {match ? (
          <Select
            mode="multiple"
            value={match.or_fields ?? []}
            onChange={byOthers}
            options={choices
              .filter((field) => !match.fields.includes(field.path))
              .map((field) => ({ value: field.path, label: label(field.label) }))}
            placeholder={t("imports.orNone")}
            optionFilterProp="label"
            aria-label={t("imports.orBy")}
          />
        ) : null}
        {match ? (
          <Select<OnMatch>
            value={match.on_match}
            onChange={on}
            options={ON_MATCH.map((value) => ({ value, label: t(`imports.onMatch.${value}`) }))}
            aria-label={t("imports.onMatchTitle")}
          />
        ) : null}
        {match?.on_match === "overwrite" ? (
          <Select
            mode="multiple"
            value={match.overwrite ?? []}
            onChange={overwrite}
            options={overwritable.map((field) => ({ value: field.path, label: label(field.label) }))}
            placeholder={t("imports.overwriteAll")}
            optionFilterProp="label"
            aria-label={t("imports.overwriteFields")}
          />
        ) : null}
      </div>
      {match?.on_match === "new_version" ? <p className="gx-muted">{t("imports.newVersionText")}</p> : null}
      {match?.or_fields ? <p className="gx-muted">{t("imports.orText")}</p> : null}
      {match && match.fields.length > 1 ? <p className="gx-muted">{t("imports.matchTogether")}</p> : null}
    </fieldset>
  );
}

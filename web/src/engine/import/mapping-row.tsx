import { Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { ColumnOptions, ImportTarget } from "@/api/imports";
import { useLabel } from "@/i18n/i18n";
import { type ColumnChoice, SURE } from "./mapping";

const IGNORE = "!ignore";

interface MappingRowProps {
  choice: ColumnChoice;
  mapping: ColumnChoice[];
  fields: ImportTarget[];
  onField: (field: string | null) => void;
  onOptions: (options: ColumnOptions) => void;
}

/** One column of the file: its head, a few of its cells, and the field it becomes. */
export function MappingRow({ choice, mapping, fields, onField, onOptions }: MappingRowProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { column, field, options } = choice;
  const target = fields.find((candidate) => candidate.path === field);
  const takenBy = (path: string) =>
    mapping.find((other) => other.field === path && other.column.index !== column.index)?.column;
  const name = column.header || t("imports.unnamed", { n: column.index + 1 });
  return (
    <tr className="gx-import-row" data-ignored={field === null || undefined}>
      <td className="gx-import-header">{name}</td>
      <td className="gx-import-samples" title={column.samples.join("\n")}>
        {column.samples
          .filter((sample) => sample !== "")
          .slice(0, 3)
          .join(" · ") || t("imports.noSamples")}
      </td>
      <td className="gx-import-choice">
        <Select
          value={field ?? IGNORE}
          onChange={(value) => onField(value === IGNORE ? null : value)}
          showSearch={{ optionFilterProp: "text" }}
          options={[
            {
              value: IGNORE,
              label: <span className="gx-muted">{t("imports.ignore")}</span>,
              text: t("imports.ignore"),
            },
            ...fields.map((candidate) => {
              const other = takenBy(candidate.path);
              const text = label(candidate.label);
              return {
                value: candidate.path,
                text: `${text} ${candidate.path}`,
                label: (
                  <>
                    {text}
                    {candidate.required ? <span className="gx-import-star"> *</span> : null}
                    {other ? <small className="gx-muted"> ← {other.header}</small> : null}
                  </>
                ),
              };
            }),
          ]}
          popupMatchSelectWidth={280}
          aria-label={t("imports.fieldFor", { column: name })}
        />
        {field !== null && choice.guessed && column.confidence < SURE ? (
          <Tag color="warning">{t("imports.unsure")}</Tag>
        ) : null}
        {target && (target.type === "date" || target.type === "datetime") ? (
          <Select
            value={options.date_order ?? "auto"}
            onChange={(value) => {
              const { date_order: _before, ...rest } = options;
              onOptions(value === "dmy" || value === "mdy" ? { ...rest, date_order: value } : rest);
            }}
            options={[
              { value: "auto" as const, label: t("imports.dates.auto") },
              { value: "dmy" as const, label: t("imports.dates.dmy") },
              { value: "mdy" as const, label: t("imports.dates.mdy") },
            ]}
            popupMatchSelectWidth={false}
            aria-label={t("imports.dates.title")}
          />
        ) : null}
      </td>
    </tr>
  );
}

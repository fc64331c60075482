import { BranchesOutlined, CloseOutlined, PlusSquareOutlined, ToolOutlined } from "@ant-design/icons";
import { Button, Select, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { type ColumnChoice, isJoined, keyOf, SURE, saidOptions } from "./mapping";
import type { PartDraft } from "./plan";
import { useSpoken } from "./use-spoken";

const IGNORE = "!ignore";

interface MappingRowProps {
  choice: ColumnChoice;
  part: PartDraft;
  /** Other parts this column goes into. */
  elsewhere: string[];
  onField: (field: string | null) => void;
  /** How its cells are read is to be said. */
  onOpen: () => void;
  onAgain: () => void;
  onDrop: () => void;
}

/** One column of the file: its head, a few of its cells, the field it becomes, and how it is read. */
export function MappingRow({ choice, part, elsewhere, onField, onOpen, onAgain, onDrop }: MappingRowProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const spoken = useSpoken();
  const { column, use, field, options } = choice;
  const name = column.header || t("imports.unnamed", { n: column.index + 1 });
  const said = spoken(saidOptions(options));
  const together =
    field && isJoined(part.fields, field)
      ? part.mapping.filter((other) => other.field === field && keyOf(other) !== keyOf(choice))
      : [];
  return (
    <tr className="gx-import-row" data-ignored={field === null || undefined} data-again={use > 0 || undefined}>
      <td className="gx-import-header">
        {use > 0 ? <BranchesOutlined aria-hidden /> : null} {name}
        {elsewhere.length > 0 ? <small className="gx-muted"> → {elsewhere.join(t("common.comma"))}</small> : null}
      </td>
      <td className="gx-import-samples" title={column.samples.join("\n")}>
        {column.samples
          .filter((sample) => sample !== "")
          .slice(0, 3)
          .join(" · ") || t("imports.noSamples")}
      </td>
      <td>
        <div className="gx-import-choice">
          <Select
            className="gx-import-target"
            value={field ?? IGNORE}
            onChange={(value) => onField(value === IGNORE ? null : value)}
            showSearch={{ optionFilterProp: "text" }}
            options={fieldOptions()}
            popupMatchSelectWidth={280}
            aria-label={t("imports.fieldFor", { column: name })}
          />
          {field !== null && choice.guessed && column.confidence < SURE ? (
            <ColorTag color="gold">{t("imports.unsure")}</ColorTag>
          ) : null}
          <Tooltip title={t("imports.howRead")}>
            <Button
              size="small"
              type={said ? "default" : "text"}
              icon={<ToolOutlined />}
              disabled={field === null}
              onClick={onOpen}
              aria-label={t("imports.howReadOf", { column: name })}
            />
          </Tooltip>
          {use > 0 ? (
            <Tooltip title={t("imports.dropUse")}>
              <Button
                size="small"
                type="text"
                icon={<CloseOutlined />}
                onClick={onDrop}
                aria-label={t("imports.dropUseOf", { column: name })}
              />
            </Tooltip>
          ) : (
            <Tooltip title={t("imports.onceMore")}>
              <Button
                size="small"
                type="text"
                icon={<PlusSquareOutlined />}
                disabled={field === null}
                onClick={onAgain}
                aria-label={t("imports.onceMoreOf", { column: name })}
              />
            </Tooltip>
          )}
        </div>
        {said ? <small className="gx-import-said gx-muted">{said}</small> : null}
        {together.length > 0 ? (
          <small className="gx-import-said gx-muted">
            {t("imports.joined", { columns: together.map((other) => other.column.header).join(t("common.comma")) })}
          </small>
        ) : null}
      </td>
    </tr>
  );

  function fieldOptions() {
    return [
      { value: IGNORE, label: <span className="gx-muted">{t("imports.ignore")}</span>, text: t("imports.ignore") },
      ...part.fields.map((candidate) => {
        const text = label(candidate.label);
        const other = takenBy(candidate.path);
        return {
          value: candidate.path,
          text: `${text} ${candidate.path}`,
          // What another way gives already is taken from it there, not here in passing.
          disabled: other?.fixed === true,
          label: (
            <>
              {text}
              {candidate.required ? <span className="gx-import-star"> *</span> : null}
              {other ? <small className="gx-muted"> ← {other.name}</small> : null}
            </>
          ),
        };
      }),
    ];
  }

  function takenBy(path: string): { name: string; fixed: boolean } | null {
    const other = part.mapping.find((one) => one.field === path && keyOf(one) !== keyOf(choice));
    if (other) return { name: other.column.header, fixed: false };
    if (part.links.some((link) => link.field === path)) return { name: t("imports.byLink"), fixed: true };
    if (part.constants.some((one) => one.field === path)) return { name: t("imports.byConstant"), fixed: true };
    if (part.computed.some((one) => one.field === path)) return { name: t("imports.byExpression"), fixed: true };
    return null;
  }
}

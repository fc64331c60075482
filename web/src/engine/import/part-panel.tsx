import { DeleteOutlined } from "@ant-design/icons";
import { Button, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumn } from "@/api/imports";
import { findObject, useMeta } from "../meta";
import { ColumnDrawer } from "./column-drawer";
import { chooseField, chooseOptions, dropUse, isJoined, keyOf, onceMore } from "./mapping";
import { MappingRow } from "./mapping-row";
import { MatchPanel } from "./match-panel";
import { PartLinks } from "./part-links";
import { MAIN, type PartDraft, type PlanDraft } from "./plan";
import { usePartNames } from "./use-part-names";
import { ValuesPanel } from "./values-panel";

interface PartPanelProps {
  id: string;
  columns: ImportColumn[];
  draft: PlanDraft;
  part: PartDraft;
  onPart: (part: PartDraft) => void;
  onRemove: () => void;
}

/** One object that rows make: from which columns, from what else, and how it finds records that are there. */
export function PartPanel({ id, columns, draft, part, onPart, onRemove }: PartPanelProps) {
  const { t } = useTranslation();
  const object = findObject(useMeta(), part.object);
  const nameOf = usePartNames(draft);
  const [opened, setOpened] = useState<string | null>(null);
  const [usedOnly, setUsedOnly] = useState(false);
  const { mapping, fields } = part;
  const shown = usedOnly ? mapping.filter((choice) => choice.field !== null) : mapping;
  const edited = mapping.find((choice) => keyOf(choice) === opened);
  const set = (next: PartDraft["mapping"]) => onPart({ ...part, mapping: next });
  const elsewhere = (column: ImportColumn) =>
    draft.parts.filter(
      (other) =>
        other.key !== part.key &&
        other.mapping.some((choice) => choice.field !== null && choice.column.index === column.index),
    );
  return (
    <>
      <PartLinks draft={draft} part={part} onPart={onPart} />
      <div className="gx-import-part-head">
        <Switch size="small" checked={usedOnly} onChange={setUsedOnly} id="import-used-only" />
        <label htmlFor="import-used-only">{t("imports.usedOnly")}</label>
        {part.key === MAIN ? null : (
          <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove}>
            {t("imports.removePart", { object: nameOf(part.key) })}
          </Button>
        )}
      </div>
      <table className="gx-import-table" aria-label={t("imports.steps.mapping")}>
        <thead>
          <tr className="gx-import-row gx-import-row-head">
            <th scope="col">{t("imports.column")}</th>
            <th scope="col">{t("imports.samples")}</th>
            <th scope="col">{t("imports.field")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((choice) => (
            <MappingRow
              key={keyOf(choice)}
              choice={choice}
              part={part}
              elsewhere={elsewhere(choice.column).map((other) => nameOf(other.key))}
              onField={(field) =>
                set(chooseField(mapping, keyOf(choice), field, field !== null && isJoined(fields, field)))
              }
              onOpen={() => setOpened(keyOf(choice))}
              onAgain={() => set(onceMore(mapping, choice.column))}
              onDrop={() => set(dropUse(mapping, keyOf(choice)))}
            />
          ))}
        </tbody>
      </table>
      <ValuesPanel id={id} columns={columns} part={part} onPart={onPart} />
      <MatchPanel part={part} onPart={onPart} />
      {edited?.field ? (
        <ColumnDrawer
          id={id}
          object={object}
          part={part}
          choice={edited}
          onOptions={(options) => set(chooseOptions(mapping, keyOf(edited), options))}
          onClose={() => setOpened(null)}
        />
      ) : null}
    </>
  );
}

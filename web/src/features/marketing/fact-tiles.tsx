import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField } from "@/engine/meta";
import { FieldDisplay } from "@/fields/field-display";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";

export interface FactTile {
  field: string;
  /** The list of records behind it. */
  open?: { object: string; filter: string } | undefined;
  note?: ReactNode;
  /** Longer than a number: drawn smaller. */
  long?: boolean;
}

interface FactTilesProps {
  object: ObjectMeta;
  record: RecordData;
  tiles: FactTile[];
  /** How many stand side by side where there is room. */
  inRow: number;
}

/** Numbers of a record, each opening what it counts; what the caller may not see is left out. */
export function FactTiles({ object, record, tiles, inRow }: FactTilesProps) {
  const label = useLabel();
  return (
    <dl className="gx-marketing-tiles" data-row={inRow}>
      {tiles.map(({ field: name, open, note, long }) => {
        const field = findField(object, name);
        const value = record[name];
        if (!field || value === undefined) return null;
        const text = <FieldDisplay field={field} value={value} record={record} variant="page" />;
        const opens = open && !isEmptyValue(value) && value !== 0;
        return (
          <div key={name}>
            <dt>{label(field.label)}</dt>
            <dd className="gx-numeric" data-long={long || undefined}>
              {opens ? (
                <Link to="/o/$object" params={{ object: open.object }} search={{ view: "all", filter: open.filter }}>
                  {text}
                </Link>
              ) : (
                text
              )}
              {note ? <small>{note}</small> : null}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

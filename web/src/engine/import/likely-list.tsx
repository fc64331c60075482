import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportDuplicates } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { CandidateLine } from "../duplicates/candidate-line";
import { findObject, useMeta } from "../meta";
import { LeaveOut, type LeavingOut } from "./leave-out";
import "../duplicates/duplicates.css";

/** Rows shown at once; the others are asked for. */
const FEW = 8;

interface LikelyListProps {
  object: ObjectMeta;
  likely: ImportDuplicates;
  /** Absent where nothing can be left out any more. */
  leaving?: LeavingOut;
}

/** Rows that would be new records and likely mean one that is there, of this object or of another. They are imported all the same. */
export function LikelyList({ object, likely, leaving }: LikelyListProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const meta = useMeta();
  const label = useLabel();
  const { rows, checked, first, ready, left_out: leftOut } = likely;
  const named = leftOut.map((name) => label(findObject(meta, name)?.plural) || name).join(t("common.comma"));
  const notCompared = named ? <p className="gx-muted">{t("imports.likelyLeftOut", { objects: named })}</p> : null;
  if (rows === 0) {
    return (
      <>
        {ready ? null : <p className="gx-muted">{t("imports.likelyNotReady")}</p>}
        {notCompared}
      </>
    );
  }
  const shown = all ? first : first.slice(0, FEW);
  return (
    <section className="gx-panel">
      <h2>{t("imports.likely", { n: formats.number(rows) })}</h2>
      <p className="gx-muted">{t("imports.likelyText", { n: formats.number(checked) })}</p>
      {ready ? null : <p className="gx-muted">{t("imports.likelySoFar")}</p>}
      {notCompared}
      <ul className="gx-import-likely">
        {shown.map((one) => (
          <li key={one.row} data-left={leaving?.left.has(one.row) || undefined}>
            <span className="gx-numeric gx-muted">{t("imports.row", { n: one.row })}</span>
            <span className="gx-ellipsis" title={one.value}>
              {one.value}
            </span>
            <span className="gx-import-likely-what">
              {one.candidates.map((candidate, index) => (
                <CandidateLine
                  key={candidate.visible ? candidate.id : `hidden-${index}`}
                  object={object}
                  candidate={candidate}
                />
              ))}
            </span>
            {leaving ? <LeaveOut row={one.row} leaving={leaving} /> : null}
          </li>
        ))}
      </ul>
      {shown.length < first.length ? (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("imports.likelyMore", { n: formats.number(first.length) })}
        </Button>
      ) : null}
    </section>
  );
}

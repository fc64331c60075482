import { CloseOutlined, DownOutlined, InfoCircleOutlined, UpOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { duplicateCheckOptions } from "@/api/duplicates";
import type { FieldValues, ObjectMeta, RecordValues } from "@/api/types";
import { useRested } from "@/fields/reference/candidates";
import { insideSentence, useLabel, useLocale } from "@/i18n/i18n";
import { findObject, useMeta } from "../meta";
import { CandidateLine, CertaintyTag, useCandidateObject } from "./candidate-line";
import { comparedValues } from "./compared-values";
import "./duplicates.css";

/** How long typing rests before it is asked, in milliseconds. */
const REST_MS = 450;

interface DuplicateHintProps {
  object: ObjectMeta;
  /** The record itself where it is there already. */
  id: string | null;
  values: FieldValues;
  /** Whether anything was typed: what a form begins with is nobody's doing yet. */
  typed: boolean;
}

/**
 * Says above a form which records may be the same as what is typed. It has its place from the start and never changes
 * its height: the whole list lies over the form, when asked for.
 */
export function DuplicateHint({ object, id, values, typed }: DuplicateHintProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const [dismissed, setDismissed] = useState(false);
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLElement>(null);
  const text = useMemo(() => JSON.stringify(comparedValues(object, values)), [object, values]);
  const rested = useRested(text, REST_MS);
  const asked = useMemo(() => JSON.parse(rested) as RecordValues, [rested]);
  const enabled = typed && !dismissed && rested !== "{}";
  const check = useQuery({ ...duplicateCheckOptions(object.name, id, asked), enabled });
  const answer = enabled && check.data ? check.data : null;
  const found = answer?.candidates ?? [];
  const [first] = found;
  const firstObject = useCandidateObject(object, first);
  const compared = useComparedNames(object);
  const shown = open && first !== undefined;
  useEffect(() => {
    if (!shown) return;
    const press = (event: MouseEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      // The form stays open.
      event.stopPropagation();
      setOpen(false);
    };
    document.addEventListener("mousedown", press);
    document.addEventListener("keydown", key, true);
    return () => {
      document.removeEventListener("mousedown", press);
      document.removeEventListener("keydown", key, true);
    };
  }, [shown]);
  if (dismissed) return null;
  const name = firstObject ? label(firstObject.label) : t("duplicates.record");
  // Nothing found says something only once all there is was looked at.
  const quiet = t(answer?.ready ? "duplicates.hintNone" : "duplicates.hintIdle", { object: compared });
  return (
    <section
      ref={root}
      className="gx-form-strip gx-hint"
      data-found={first !== undefined || undefined}
      aria-label={t("duplicates.hintRegion")}
    >
      <span role="status" className="gx-visually-hidden">
        {first ? t("duplicates.hintCount", { object: compared, n: found.length }) : ""}
      </span>
      <InfoCircleOutlined aria-hidden />
      {first ? (
        <>
          <span className="gx-hint-line">
            {first.visible ? (
              <span className="gx-hint-head">
                <b>{t("duplicates.hintFound", { object: name })}</b>
                <CertaintyTag probability={first.probability} />
              </span>
            ) : null}
            <CandidateLine object={object} candidate={first} certain={false} />
          </span>
          <Button
            type="text"
            size="small"
            icon={open ? <UpOutlined /> : <DownOutlined />}
            iconPlacement="end"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {found.length > 1 ? t("duplicates.hintMore", { n: found.length - 1 }) : t("duplicates.hintDetails")}
          </Button>
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={t("duplicates.hintDismiss")}
            title={t("duplicates.hintDismiss")}
            onClick={() => setDismissed(true)}
          />
        </>
      ) : (
        <span className="gx-hint-line gx-muted">{quiet}</span>
      )}
      {shown ? (
        <ul className="gx-hint-list">
          {found.map((candidate, index) => (
            <li key={candidate.visible ? candidate.id : `hidden-${index}`}>
              <CandidateLine object={object} candidate={candidate} />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

/** What it is compared with: "线索、客户或联系人". */
function useComparedNames(object: ObjectMeta): string {
  const meta = useMeta();
  const label = useLabel();
  const locale = useLocale();
  return useMemo(() => {
    const others = object.duplicates_against.map((name) => findObject(meta, name));
    const names = [object, ...others].filter((one) => one !== null).map((one) => insideSentence(label(one.label)));
    return new Intl.ListFormat(locale, { type: "disjunction" }).format(names);
  }, [object, meta, label, locale]);
}

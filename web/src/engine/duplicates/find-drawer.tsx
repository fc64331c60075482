import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { duplicateCheckOptions } from "@/api/duplicates";
import { hasDuplicates } from "@/api/may-merge";
import type { ObjectMeta, RecordData } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { SideDrawer } from "@/ui/side-drawer";
import { pickerField } from "../picker-field";
import { CandidateLine } from "./candidate-line";
import { comparedValues } from "./compared-values";
import "./duplicates.css";

interface FindDrawerProps {
  object: ObjectMeta;
  record: RecordData;
  title: string;
  onClose: () => void;
}

/** What may be the same as one record, and another one of one's own choice: either can be merged with it. */
export function FindDrawer({ object, record, title, onClose }: FindDrawerProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const [other, setOther] = useState<{ id: string; label: string | null } | null>(null);
  const merge = (id: string) =>
    void navigate({
      to: "/merge/$object",
      params: { object: object.name },
      search: { ids: [record.id, id].join(",") },
    });
  const name = label(object.label);
  const itself = other?.id === record.id;
  return (
    <SideDrawer title={t("duplicates.find")} onClose={onClose}>
      {hasDuplicates(object) ? <Found object={object} record={record} title={title} onMerge={merge} /> : null}
      <section className="gx-found-other">
        <h3>
          <label htmlFor="found-other">{t("duplicates.findOther", { object: name })}</label>
        </h3>
        <div>
          <FieldInput
            id="found-other"
            field={pickerField(object.name, object.label, false)}
            value={other}
            status={itself ? "error" : undefined}
            onChange={(value) => setOther(asReference(value))}
          />
          <Button type="primary" disabled={!other || itself} onClick={() => other && merge(other.id)}>
            {t("duplicates.findMerge")}
          </Button>
        </div>
        {itself ? <p className="gx-field-problem">{t("duplicates.findSelf")}</p> : null}
      </section>
    </SideDrawer>
  );
}

interface FoundProps {
  object: ObjectMeta;
  record: RecordData;
  title: string;
  onMerge: (id: string) => void;
}

function Found({ object, record, title, onMerge }: FoundProps) {
  const { t } = useTranslation();
  const values = useMemo(() => comparedValues(object, record), [object, record]);
  const check = useQuery(duplicateCheckOptions(object.name, record.id, values));
  if (check.isPending) return <Skeleton active title={false} paragraph={{ rows: 3 }} />;
  if (check.isError) return <ErrorState error={check.error} onRetry={() => void check.refetch()} />;
  const { ready, candidates } = check.data;
  if (!ready && candidates.length === 0) return <p role="status">{t("duplicates.findNotReady")}</p>;
  if (candidates.length === 0) return <p role="status">{t("duplicates.findNone", { name: title })}</p>;
  return (
    <>
      <p>{t("duplicates.findText", { name: title })}</p>
      <ul className="gx-found">
        {candidates.map((candidate, index) => (
          <li key={candidate.visible ? candidate.id : `hidden-${index}`}>
            <CandidateLine object={object} candidate={candidate} />
            {candidate.visible && candidate.object === object.name ? (
              <Button onClick={() => onMerge(candidate.id)}>{t("duplicates.findMerge")}</Button>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}

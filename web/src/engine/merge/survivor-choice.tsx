import { CloseOutlined } from "@ant-design/icons";
import { Button, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { pagePath } from "@/api/place";
import type { ObjectMeta, RecordData } from "@/api/types";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { filledCount } from "./model";

interface SurvivorChoiceProps {
  object: ObjectMeta;
  records: RecordData[];
  survivor: string;
  nameOf: (record: RecordData) => string;
  onKeep: (id: string) => void;
  /** Null where two are left: one alone cannot be merged. */
  onLeaveOut: ((id: string) => void) | null;
}

/** The record that keeps its id; beside each what helps to choose. */
export function SurvivorChoice({ object, records, survivor, nameOf, onKeep, onLeaveOut }: SurvivorChoiceProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <section className="gx-panel" aria-labelledby="merging-survivor">
      <h2 id="merging-survivor">{t("merging.survivor")}</h2>
      <p>{t("merging.survivorText")}</p>
      <Radio.Group
        className="gx-survivors"
        value={survivor}
        onChange={(event) => onKeep(String(event.target.value))}
        aria-labelledby="merging-survivor"
      >
        {records.map((record) => {
          const name = nameOf(record);
          const owner = asReference(record.owner)?.label;
          const facts = [
            t("merging.filled", { n: formats.number(filledCount(object, record)) }),
            ...(record.created_at ? [t("merging.created", { at: formats.dateTime(record.created_at) })] : []),
            ...(owner ? [t("duplicates.owner", { name: owner })] : []),
          ];
          return (
            <div key={record.id} className="gx-survivor" data-kept={record.id === survivor || undefined}>
              <Radio value={record.id}>
                <strong>{name}</strong>
                {record.id === survivor ? <span className="gx-survivor-word">{t("merging.kept")}</span> : null}
                <small className="gx-muted">
                  {facts.map((fact) => (
                    <span key={fact}>{fact}</span>
                  ))}
                </small>
              </Radio>
              <a
                href={pagePath(`/r/${encodeURIComponent(object.name)}/${encodeURIComponent(record.id)}`)}
                target="_blank"
                rel="noopener"
                aria-label={t("duplicates.newTab", { name })}
              >
                {t("form.openMade")}
              </a>
              {onLeaveOut ? (
                <Button
                  type="text"
                  size="small"
                  icon={<CloseOutlined />}
                  aria-label={t("merging.leaveOut", { name })}
                  title={t("merging.leaveOut", { name })}
                  onClick={() => onLeaveOut(record.id)}
                />
              ) : null}
            </div>
          );
        })}
      </Radio.Group>
    </section>
  );
}

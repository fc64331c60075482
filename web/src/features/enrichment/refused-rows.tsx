import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { EnrichmentDone, EnrichmentProposal } from "@/api/enrichment";
import type { ObjectMeta } from "@/api/types";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";

interface RefusedRowsProps {
  object: ObjectMeta;
  done: EnrichmentDone;
  /** The records as they are shown, for their titles. */
  items: EnrichmentProposal[];
}

/** Which records were not written, and why; they can be written again once that is mended. */
export function RefusedRows({ object, done, items }: RefusedRowsProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const titleOf = (id: string) => items.find((item) => item.id === id)?.title || t("record.untitled");
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t("enrichment.refused", { n: formats.number(done.refused), changed: formats.number(done.changed) })}
      description={
        <ul className="gx-enrichment-notes">
          {done.problems.map(({ id, problem }) => (
            <li key={id}>
              <RecordLink object={object.name} id={id}>
                {titleOf(id)}
              </RecordLink>{" "}
              {[...new Set([problem.detail, ...(problem.field_errors ?? []).map(({ message }) => message)])]
                .filter(Boolean)
                .join(t("common.comma"))}
            </li>
          ))}
        </ul>
      }
    />
  );
}

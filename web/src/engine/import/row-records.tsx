import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type ImportCounts,
  type ImportedAs,
  type ImportedRecord,
  type ImportProgress,
  listImportedRecords,
} from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { RecordLink } from "@/fields/record-link";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { findObject, useMeta } from "../meta";

const PAGE = 50;
const KINDS = [
  { as: "created", count: "create" },
  { as: "updated", count: "update" },
  { as: "skipped", count: "skip" },
] as const;

/** Which record each row of the file led to: from the row to the record, as its page leads back to the row. */
export function RowRecords({ progress }: { progress: ImportProgress }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { counts } = progress;
  const kinds = KINDS.filter(({ count }) => counts[count] > 0);
  const [chosen, setChosen] = useState<ImportedAs | null>(null);
  const only = chosen ?? kinds[0]?.as;
  if (!only) return null;
  return (
    <section className="gx-panel" aria-labelledby="gx-row-records">
      <h2 id="gx-row-records">{t("imports.rowRecords")}</h2>
      <Segmented<ImportedAs>
        value={only}
        onChange={setChosen}
        options={kinds.map(({ as, count }) => ({
          value: as,
          label: `${t(`imports.did.${count}`)} ${formats.number(counts[count])}`,
        }))}
        aria-label={t("imports.rowRecords")}
      />
      <RecordRows key={only} id={progress.id} only={only} counts={counts} />
    </section>
  );
}

/** Read anew where a later run adds rows. */
function RecordRows({ id, only, counts }: { id: string; only: ImportedAs; counts: ImportCounts }) {
  const { t } = useTranslation();
  const rows = useInfiniteQuery({
    queryKey: queryKeys.importRows(id, { records: only, ...counts }),
    queryFn: ({ pageParam, signal }) =>
      listImportedRecords(id, { only, limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
  if (rows.isPending) return <PageSkeleton rows={4} />;
  if (rows.isError) return <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />;
  const items = rows.data.pages.flatMap((page) => page.items);
  return (
    <>
      {items.length === 0 ? <p className="gx-muted">{t("imports.rowRecordsUnknown")}</p> : null}
      <ol className="gx-row-records">
        {items.map(({ row, records }) => (
          <li key={row}>
            <span className="gx-muted gx-numeric">{t("imports.rowNumber", { row })}</span>
            <span>
              {records.length === 0 ? <span className="gx-muted">{t("imports.rowRepeats")}</span> : null}
              {records.map((record) => (
                <RowRecord key={record.id} record={record} />
              ))}
            </span>
          </li>
        ))}
      </ol>
      {rows.hasNextPage ? (
        <Button onClick={() => void rows.fetchNextPage()} loading={rows.isFetchingNextPage}>
          {t("imports.moreRows")}
        </Button>
      ) : null}
    </>
  );
}

function RowRecord({ record }: { record: ImportedRecord }) {
  const { t } = useTranslation();
  const label = useLabel();
  const object = findObject(useMeta(), record.object ?? "");
  if (!record.object || !object) return <span className="gx-muted">{t("imports.recordGone")}</span>;
  return (
    <span className="gx-row-record">
      <RecordLink object={record.object} id={record.id}>
        {record.label ?? label(object.label)}
      </RecordLink>{" "}
      <small className="gx-muted">{label(object.label)}</small>
    </span>
  );
}

import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import type { ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { MergeScreen } from "./merge-screen";

interface MergeLoaderProps {
  object: ObjectMeta;
  ids: string[];
  fromQueue: boolean;
  onLeaveOut: (id: string) => void;
}

const isGone = (error: unknown) => error instanceof ApiError && [403, 404].includes(error.status);

/** Reads the records that are to become one. Of those merged before, what they became comes in their place. */
export function MergeLoader({ object, ids, fromQueue, onLeaveOut }: MergeLoaderProps) {
  const { t } = useTranslation();
  const reads = useQueries({
    queries: ids.map((id) => ({
      queryKey: [...queryKeys.mergePreview(object.name, { read: id })],
      queryFn: ({ signal }: { signal: AbortSignal }) => readRecord(object.name, id, undefined, signal),
      staleTime: 0,
      // What is on the screen is what is merged: it is not read anew behind somebody's back.
      refetchOnWindowFocus: false,
      retry: (count: number, error: unknown) => !isGone(error) && count < 2,
    })),
  });
  if (reads.some((read) => read.isPending)) return <PageSkeleton rows={8} />;
  const failed = reads.find((read) => read.isError && !isGone(read.error));
  if (failed) {
    const again = () => {
      for (const read of reads) if (read.isError) void read.refetch();
    };
    return <ErrorState error={failed.error} onRetry={again} />;
  }
  const found = reads.map((read) => read.data).filter((record) => record !== undefined);
  const records = [...new Map(found.map((record): [string, RecordData] => [record.id, record])).values()];
  const [only] = records;
  if (records.length < 2) {
    const title = only ? titleText(only[object.title_field]) || t("merging.unnamed") : "";
    return (
      <EmptyState
        title={found.length > 1 ? t("merging.alreadyOne") : t("merging.tooFew")}
        text={found.length < ids.length ? t("merging.unread", { n: ids.length - found.length }) : undefined}
        actions={
          only ? (
            <ButtonLink
              to="/r/$object/$id"
              params={{ object: object.name, id: only.id }}
              color="primary"
              variant="solid"
            >
              {t("merging.open", { name: title })}
            </ButtonLink>
          ) : null
        }
      />
    );
  }
  const notes = [
    ...(found.length < ids.length ? [t("merging.unread", { n: ids.length - found.length })] : []),
    ...(found.some((record) => !ids.includes(record.id)) ? [t("merging.followed")] : []),
  ];
  return <MergeScreen object={object} records={records} notes={notes} fromQueue={fromQueue} onLeaveOut={onLeaveOut} />;
}

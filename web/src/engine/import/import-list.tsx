import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type ImportProgress, type ImportState, type ImportsQuery, listImports } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { UndoRun } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useRecordName } from "./use-record-name";

const COLOURS: Record<ImportState, string | null> = {
  uploaded: null,
  planned: null,
  running: "blue",
  paused: "gold",
  done: "green",
  failed: "red",
  cancelled: null,
};
const UNDO_COLOURS: Record<UndoRun["state"], string | null> = { undoing: "blue", undone: null, failed: "red" };
const POLL_MS = 3_000;

interface ImportListProps {
  /** Of which object, or of which schedule. */
  query: ImportsQuery;
  title: string;
  /** Beside the title. */
  more?: ReactNode;
  /** Said where there are none; without it nothing is drawn then. */
  none?: string;
}

/** Imports, the latest first: what runs or waits is gone on with, what is over can be looked at and taken back. */
export function ImportList({ query, title, more, none }: ImportListProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const imports = useInfiniteQuery({
    queryKey: queryKeys.importsOf(query),
    queryFn: ({ pageParam, signal }) => listImports({ ...query, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (current) => {
      const items = current.state.data?.pages.flatMap((page) => page.items) ?? [];
      return items.some((one) => one.state === "running" || one.undo?.state === "undoing") ? POLL_MS : false;
    },
    staleTime: 0,
  });
  const items = imports.data?.pages.flatMap((page) => page.items) ?? [];
  if (imports.isPending) return <PageSkeleton rows={2} />;
  if (imports.isError) return <ErrorState error={imports.error} onRetry={() => void imports.refetch()} />;
  if (items.length === 0 && !none) return null;
  return (
    <section className="gx-panel">
      <div className="gx-import-problems-head">
        <h2>{title}</h2>
        {more}
      </div>
      {items.length === 0 ? <p className="gx-muted">{none}</p> : null}
      <ul className="gx-import-history">
        {items.map((one) => (
          <li key={one.id}>
            <Link
              className="gx-import-history-name"
              to="/import/$object"
              params={{ object: one.object }}
              search={{ run: one.id }}
            >
              {one.file_name || t("imports.noName")}
            </Link>
            {one.undo ? (
              <ColorTag color={UNDO_COLOURS[one.undo.state]}>{t(`imports.undoState.${one.undo.state}`)}</ColorTag>
            ) : (
              <ColorTag color={COLOURS[one.state]}>{t(`imports.state.${one.state}`)}</ColorTag>
            )}
            <span className="gx-muted gx-numeric">{summary(one)}</span>
            <span className="gx-muted">
              <Importer member={one.member} />
              {one.created_at ? formats.dateTime(one.created_at) : ""}
            </span>
          </li>
        ))}
      </ul>
      {imports.hasNextPage ? (
        <Button type="link" loading={imports.isFetchingNextPage} onClick={() => void imports.fetchNextPage()}>
          {t("common.more")}
        </Button>
      ) : null}
    </section>
  );

  function summary({ state, counts, done, total }: ImportProgress): string {
    if (state === "uploaded" || state === "planned") return t("imports.rows", { n: formats.number(total) });
    if (state === "running" || state === "paused") {
      return t("imports.progress", { done: formats.number(done), total: formats.number(total) });
    }
    const said = (["create", "update", "reject"] as const).flatMap((kind) =>
      counts[kind] > 0 ? [`${t(`imports.did.${kind}`)} ${formats.number(counts[kind])}`] : [],
    );
    return said.join(" · ") || t("imports.nothingDone");
  }
}

/** Who imported it. */
function Importer({ member }: { member: string | null }) {
  const name = useRecordName("user", member ?? "");
  return name ? `${name} · ` : null;
}

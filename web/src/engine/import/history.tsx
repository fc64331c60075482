import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { type ImportProgress, type ImportState, listImports } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { tagColors } from "@/ui/theme";
import { findObject, useMeta } from "../meta";

const COLOURS: Record<ImportState, string | null> = {
  uploaded: null,
  planned: null,
  running: "blue",
  paused: "gold",
  done: "green",
  failed: "red",
  cancelled: null,
};
/** What is kept for imports to come. */
const KEPT = ["import_mapping", "import_schedule"];
const POLL_MS = 3_000;

interface HistoryProps {
  object: ObjectMeta;
  onOpen: (id: string) => void;
}

/** Imports of this object, the latest first: what runs or waits is gone on with, what is over can be looked at and taken back. */
export function History({ object, onOpen }: HistoryProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const { scheme } = useAppearance();
  const imports = useInfiniteQuery({
    queryKey: queryKeys.importsOf(object.name),
    queryFn: ({ pageParam, signal }) => listImports(object.name, pageParam ?? undefined, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (query) => {
      const items = query.state.data?.pages.flatMap((page) => page.items) ?? [];
      return items.some((one) => one.state === "running") ? POLL_MS : false;
    },
    staleTime: 0,
  });
  const items = imports.data?.pages.flatMap((page) => page.items) ?? [];
  if (imports.isPending) return <PageSkeleton rows={2} />;
  if (imports.isError) return <ErrorState error={imports.error} onRetry={() => void imports.refetch()} />;
  if (items.length === 0) return null;
  const kept = KEPT.flatMap((name) => findObject(meta, name) ?? []).filter((one) => one.access.create);
  return (
    <section className="gx-panel">
      <div className="gx-import-problems-head">
        <h2>{t("imports.history")}</h2>
        <span className="gx-import-kept">
          {kept.map((one) => (
            <Link key={one.name} to="/o/$object" params={{ object: one.name }}>
              {label(one.plural)}
            </Link>
          ))}
        </span>
      </div>
      <ul className="gx-import-history">
        {items.map((one) => (
          <li key={one.id}>
            <Button type="link" className="gx-import-history-name" onClick={() => onOpen(one.id)}>
              {one.file_name || t("imports.noName")}
            </Button>
            <span className="gx-tag" style={tagColors(COLOURS[one.state], scheme)}>
              {t(`imports.state.${one.state}`)}
            </span>
            <span className="gx-muted gx-numeric">{summary(one)}</span>
            <span className="gx-muted">
              {[one.member?.label, one.created_at ? formats.dateTime(one.created_at) : ""].filter(Boolean).join(" · ")}
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

  function summary({ state, counts, done, total, open }: ImportProgress): string {
    if (state === "uploaded" || state === "planned") return t("imports.rows", { n: formats.number(total) });
    if (state === "running" || state === "paused") {
      return t("imports.progress", { done: formats.number(done), total: formats.number(total) });
    }
    const said = (["create", "update", "reject"] as const).flatMap((kind) =>
      counts[kind] > 0 ? [`${t(`imports.did.${kind}`)} ${formats.number(counts[kind])}`] : [],
    );
    if (open) said.push(t("imports.open", { n: formats.number(open) }));
    return said.join(" · ") || t("imports.nothingDone");
  }
}

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { cancelExport, type Export, type ExportState, isOpenExport, listExports, saveExport } from "@/api/exports";
import { queryKeys } from "@/api/query-keys";
import { findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { ProfileFrame } from "./profile-frame";

const COLOURS: Record<ExportState, string | null> = {
  waiting: null,
  running: "blue",
  ready: "green",
  failed: "red",
  cancelled: null,
  expired: null,
};
const POLL_MS = 2_000;

/** One's exports that were made in the background: how far they have come, and their files as long as they are kept. */
export function ExportsPage() {
  const { t } = useTranslation();
  const exports = useInfiniteQuery({
    queryKey: queryKeys.exports,
    queryFn: ({ pageParam, signal }) => listExports(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (current) =>
      current.state.data?.pages.some((page) => page.items.some(isOpenExport)) ? POLL_MS : false,
    staleTime: 0,
  });
  const items = exports.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <ProfileFrame part="exports" wide>
      <section className="gx-panel">
        <h2>{t("exports.title")}</h2>
        <p className="gx-muted">{t("exports.text")}</p>
        {exports.isPending ? (
          <PageSkeleton rows={3} />
        ) : exports.isError ? (
          <ErrorState error={exports.error} onRetry={() => void exports.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState title={t("exports.none")} text={t("exports.noneText")} />
        ) : (
          <ul className="gx-export-list">
            {items.map((one) => (
              <ExportRow key={one.id} export={one} />
            ))}
          </ul>
        )}
        {exports.hasNextPage ? (
          <Button type="link" loading={exports.isFetchingNextPage} onClick={() => void exports.fetchNextPage()}>
            {t("common.more")}
          </Button>
        ) : null}
      </section>
    </ProfileFrame>
  );
}

function ExportRow({ export: one }: { export: Export }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const label = useLabel();
  const formats = useFormats();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelExport(one.id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.exports }),
    onError: (error) => void message.error(errorText(error)),
  });
  const object = findObject(meta, one.object);
  const open = isOpenExport(one);
  const n = formats.number;
  const facts = open
    ? t("exports.progress", { done: n(one.done), total: n(one.records) })
    : [
        ...(one.state === "failed" ? [] : [t("exports.records", { n: n(one.records) })]),
        ...(one.size === null ? [] : [sizeText(one.size, n)]),
        ...(one.expires_at ? [t("exports.until", { date: formats.dateTime(one.expires_at) })] : []),
        ...(one.failure ? [one.failure] : []),
      ].join(" · ");
  return (
    <li>
      <div className="gx-export-name">
        <strong>{object ? label(object.plural) : one.object}</strong>
        <span className="gx-muted">{one.file_name}</span>
      </div>
      <ColorTag color={COLOURS[one.state]}>{t(`exports.state.${one.state}`)}</ColorTag>
      <span className="gx-muted gx-numeric">
        {formats.dateTime(one.created_at)}
        <br />
        {facts}
      </span>
      <span className="gx-export-acts">
        {one.state === "ready" ? (
          <Button type="primary" size="small" onClick={() => saveExport(one.id)}>
            {t("exports.download")}
          </Button>
        ) : null}
        {open || one.state === "ready" ? (
          <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t(open ? "exports.cancel" : "exports.remove")}
          </Button>
        ) : null}
      </span>
    </li>
  );
}

const UNITS = ["B", "KB", "MB", "GB"] as const;

/** Bytes as people read them. */
function sizeText(bytes: number, number: (value: number, options?: Intl.NumberFormatOptions) => string): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
  return `${number(bytes / 1024 ** step, { maximumFractionDigits: step === 0 ? 0 : 1 })} ${UNITS[step]}`;
}

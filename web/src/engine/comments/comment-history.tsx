import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { readHistory } from "@/api/records";
import type { HistoryItem } from "@/api/types";
import { htmlToText } from "@/fields/rich-text/plain";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { SideDrawer } from "@/ui/side-drawer";
import { COMMENT } from "./comment-model";
import { textDifferences } from "./text-diff";

const PAGE = 50;

interface Version {
  seq: number;
  at: string;
  by: string | null;
  before: string;
  after: string;
}

/** The versions of a comment's text, newest first; what else happened to it (reactions, files) is none. */
export function versionsOf(items: HistoryItem[]): Version[] {
  return items.flatMap((item) => {
    const change = item.changes.find((one) => one.field === "body");
    if (!change) return [];
    const [before, after] = [htmlToText(asText(change.old)), htmlToText(asText(change.new))];
    return [{ seq: item.seq, at: item.at, by: item.actor?.label ?? null, before, after }];
  });
}

/** How a comment came to say what it says: each version with what was taken out and what was put in. */
export function CommentHistory({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const history = useInfiniteQuery({
    queryKey: queryKeys.history(COMMENT, id),
    queryFn: ({ pageParam, signal }) =>
      readHistory(COMMENT, id, { limit: PAGE, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const versions = versionsOf(history.data?.pages.flatMap((page) => page.items) ?? []);
  return (
    <SideDrawer title={t("comments.history")} onClose={onClose} size={480}>
      {history.isPending ? <Skeleton active paragraph={{ rows: 4 }} title={false} /> : null}
      {history.isError ? <ErrorState error={history.error} onRetry={() => void history.refetch()} /> : null}
      <ol className="gx-versions">
        {versions.map((version, index) => (
          <li key={version.seq}>
            <div className="gx-versions-head">
              <strong>{version.by ?? t("record.system")}</strong>
              <time dateTime={version.at} title={formats.relative(version.at)}>
                {formats.dateTime(version.at)}
              </time>
              {index === 0 ? <span className="gx-tag gx-tag-plain">{t("comments.now")}</span> : null}
              {version.before === "" ? <span className="gx-tag gx-tag-plain">{t("comments.first")}</span> : null}
            </div>
            <p>
              {version.before === ""
                ? version.after
                : textDifferences(version.before, version.after).map((piece, at) => {
                    const key = at;
                    if (piece.kind === "added") return <ins key={key}>{piece.text}</ins>;
                    if (piece.kind === "removed") return <del key={key}>{piece.text}</del>;
                    return <span key={key}>{piece.text}</span>;
                  })}
            </p>
          </li>
        ))}
      </ol>
      {history.hasNextPage ? (
        <Button block loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {t("common.more")}
        </Button>
      ) : null}
    </SideDrawer>
  );
}

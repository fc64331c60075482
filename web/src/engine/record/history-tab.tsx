import { useInfiniteQuery } from "@tanstack/react-query";
import { App, Button, Skeleton } from "antd";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { readHistory } from "@/api/records";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { lazyPart } from "@/ui/lazy-part";
import { useUndoToast } from "@/ui/undo-toast";
import { useRestoreVersion, useUndoChange } from "../records";
import { useAskUndo } from "./ask-undo";
import { ChangeList } from "./change-list";
import { foldHistory } from "./fold-history";
import { useVerbText } from "./verb-text";

/** Few records were ever merged. */
const MergesPanel = lazyPart(async () => {
  const [panel] = await Promise.all([import("../merge/merges-panel"), activateLateTexts()]);
  return { default: panel.MergesPanel };
});

const PAGE = 30;

/** Who changed what, from what to what. Each change can be taken back, as long as nothing came after it. */
export function HistoryTab({ object, id, canUndo }: { object: ObjectMeta; id: string; canUndo: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const undo = useUndoChange();
  const restore = useRestoreVersion(object.name, id);
  const verbText = useVerbText();
  const toast = useUndoToast();
  const askUndo = useAskUndo();
  const history = useInfiniteQuery({
    queryKey: queryKeys.history(object.name, id),
    queryFn: ({ pageParam, signal }) =>
      readHistory(object.name, id, { limit: PAGE, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  if (history.isPending) return <Skeleton active paragraph={{ rows: 6 }} title={false} />;
  if (history.isError) return <ErrorState error={history.error} onRetry={() => void history.refetch()} />;
  const items = foldHistory(history.data.pages.flatMap((page) => page.items));
  if (items.length === 0) return <EmptyState title={t("record.historyEmpty")} />;
  const takeBack = async (changeId: string) => {
    try {
      const result = await undo.mutateAsync(changeId);
      if (result.undone > 0) void message.success(t("record.undone"));
      else void message.warning(t("record.undoSkipped"));
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  const goBack = async (version: number) => {
    try {
      const { change_id, left, problems } = await restore.mutateAsync(version);
      const label = (name: string) => object.fields.find((field) => field.name === name)?.label ?? name;
      const kept = left.map((name) => {
        const why = problems.find((problem) => problem.field === name)?.message;
        return why ? t("record.versionLeft", { field: label(name), why }) : label(name);
      });
      const text =
        kept.length > 0
          ? t("record.versionPartly", { fields: kept.join(t("common.semicolon")) })
          : t("record.versionRestored");
      toast(text, () => void takeBack(change_id));
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  const canGoBack = (item: (typeof items)[number]) => canUndo && item.changes.length > 0 && item.first > 1;
  const undoItem = (item: (typeof items)[number]) =>
    askUndo(item.change_id, {
      all: () => void takeBack(item.change_id),
      here: canGoBack(item) ? () => void goBack(item.first - 1) : undefined,
    });
  return (
    <>
      <Suspense fallback={null}>
        <MergesPanel object={object} id={id} editable={canUndo} />
      </Suspense>
      <ol className="gx-history">
        {items.map((item) => (
          <li key={item.seq}>
            <div className="gx-history-head">
              <strong>{item.actor?.label ?? t("record.system")}</strong>
              <span>{verbText(item.kind)}</span>
              <span className="gx-muted">{t("record.version", { n: item.version })}</span>
              <time className="gx-muted" dateTime={item.at} title={formats.relative(item.at)}>
                {formats.dateTime(item.at)}
              </time>
              {canGoBack(item) ? (
                <Button
                  size="small"
                  type="text"
                  disabled={restore.isPending}
                  title={t("record.versionBack", { n: item.first - 1 })}
                  onClick={() => void goBack(item.first - 1)}
                >
                  {t("record.versionBefore")}
                </Button>
              ) : null}
              {canUndo && item.kind !== "created" && !item.kind.endsWith(".created") ? (
                <Button size="small" type="text" disabled={undo.isPending} onClick={() => void undoItem(item)}>
                  {t("common.undo")}
                </Button>
              ) : null}
            </div>
            {item.changes.length > 0 ? <ChangeList object={object} changes={item.changes} /> : null}
          </li>
        ))}
        {history.hasNextPage ? (
          <li>
            <Button block type="text" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
              {t("fields.valueHelpMore")}
            </Button>
          </li>
        ) : null}
      </ol>
    </>
  );
}

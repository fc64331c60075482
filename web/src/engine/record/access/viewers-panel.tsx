import { EyeInvisibleOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { readViewers } from "@/api/rights";
import { ColorTag } from "@/ui/color-tag";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useReasonText } from "./reason-text";

/** Everybody who may see the record, and why. The server looks at some members at a time. */
export function ViewersPanel({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const viewers = useInfiniteQuery({
    queryKey: queryKeys.viewers(object, id),
    queryFn: ({ pageParam, signal }) => readViewers(object, id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
  const found = viewers.data?.pages.flatMap((page) => page.items) ?? [];
  if (viewers.isPending) return <PageSkeleton rows={5} />;
  if (viewers.error && found.length === 0) {
    return <ErrorState error={viewers.error} onRetry={() => void viewers.refetch()} />;
  }
  return (
    <>
      <p className="gx-muted">{t("rights.record.viewersText")}</p>
      {found.length === 0 && !viewers.hasNextPage ? (
        <EmptyState icon={<EyeInvisibleOutlined />} title={t("rights.record.viewersNone")} />
      ) : null}
      <ul className="gx-access-list">
        {found.map((viewer) => (
          <li key={viewer.member.id}>
            <div>
              <b>{viewer.member.label ?? t("common.notVisible")}</b>{" "}
              {viewer.update ? <ColorTag color="green">{t("rights.record.mayUpdate")}</ColorTag> : null}
              {viewer.delete ? <ColorTag color="orange">{t("rights.record.mayDelete")}</ColorTag> : null}
              {viewer.reasons.map((reason) => (
                <small key={JSON.stringify(reason)} className="gx-muted">
                  {reasonText(reason)}
                </small>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {viewers.hasNextPage ? (
        <Button block loading={viewers.isFetchingNextPage} onClick={() => void viewers.fetchNextPage()}>
          {t("rights.record.moreViewers")}
        </Button>
      ) : (
        <p className="gx-muted">{t("rights.record.seen")}</p>
      )}
    </>
  );
}

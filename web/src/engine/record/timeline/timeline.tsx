import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Skeleton } from "antd";
import dayjs from "dayjs";
import { Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { readTimeline } from "@/api/records";
import type { ObjectMeta, TimelineItem } from "@/api/types";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { lazyPart } from "@/ui/lazy-part";
import { COMMENT } from "../../comments/comment-model";
import { useCommenting, useReactions } from "../../comments/use-comments";
import { useCompleteActivity } from "../use-complete-activity";
import { dayIn, foldChanges, groupByDay } from "./group";
import { TimelineEntry } from "./timeline-entry";
import { type TimelineChoice, TimelineFilter } from "./timeline-filter";

const PAGE = 30;

/** What talks brings an editor along: it comes when there is something to say or to read. */
const CommentBox = lazyPart(async () => {
  const [{ CommentBox }] = await Promise.all([import("../../comments/comment-box"), activateLateTexts()]);
  return { default: CommentBox };
});
const CommentEntry = lazyPart(async () => {
  const [{ CommentEntry }] = await Promise.all([import("../../comments/comment-entry"), activateLateTexts()]);
  return { default: CommentEntry };
});

/** Who is led to a comment mostly finds it among the newest. */
const SoughtComment = lazyPart(async () => {
  const [{ SoughtComment }] = await Promise.all([import("./sought-comment"), activateLateTexts()]);
  return { default: SoughtComment };
});

const isSaidOf = (item: TimelineItem, id: string): boolean => {
  const target = asReference(item.record?.target);
  return target === null || target.id === id;
};

/** Everything about a record in one column, newest first, more of it as one scrolls. */
export function Timeline({ object, id, open }: { object: ObjectMeta; id: string; open: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { comment: sought } = useSearch({ from: "/shell/r/$object/$id" });
  const [kind, setKind] = useState<TimelineChoice>(sought ? "comment" : "all");
  const about = { object: object.name, id };
  const commenting = useCommenting();
  const end = useRef<HTMLDivElement>(null);
  const complete = useCompleteActivity();
  const kinds = kind === "all" ? undefined : kind;
  const timeline = useInfiniteQuery({
    queryKey: queryKeys.timeline(object.name, id, kinds),
    queryFn: ({ pageParam, signal }) =>
      readTimeline(object.name, id, { limit: PAGE, kinds, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 10_000,
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = timeline;
  useEffect(() => {
    const sentinel = end.current;
    if (!sentinel || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void fetchNextPage();
      },
      { rootMargin: "400px" },
    );
    observer.observe(sentinel);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const items = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  const reactions = useReactions(about, commenting.sees && items.some((item) => item.kind === COMMENT));
  const days = groupByDay(foldChanges(items), formats.timeZone);
  const today = dayIn(formats.timeZone, new Date().toISOString());
  const yesterday = dayjs(today).subtract(1, "day").format("YYYY-MM-DD");
  const tomorrow = dayjs(today).add(1, "day").format("YYYY-MM-DD");
  const dayName = (day: string) => {
    if (day === today) return t("record.today");
    if (day === yesterday) return t("record.yesterday");
    if (day === tomorrow) return t("record.tomorrow");
    return dayjs(day).format(formats.locale === "en" ? "ddd, D MMM YYYY" : "YYYY年M月D日 dddd");
  };
  return (
    <div className="gx-timeline">
      {open && commenting.writes ? (
        <Suspense fallback={<Skeleton.Input active block className="gx-comment-bones" />}>
          <CommentBox about={about} />
        </Suspense>
      ) : null}
      <TimelineFilter object={object} value={kind} onChange={setKind} comments={commenting.sees} />
      {timeline.isPending ? (
        <Skeleton active paragraph={{ rows: 6 }} title={false} className="gx-timeline-bones" />
      ) : null}
      {timeline.isError ? <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} /> : null}
      {timeline.isSuccess && days.length === 0 ? (
        <EmptyState title={t("record.timelineEmpty")} text={t("record.timelineEmptyText")} />
      ) : null}
      {sought && timeline.isSuccess && !items.some((item) => item.id === sought) ? (
        <Suspense fallback={<Skeleton active paragraph={{ rows: 2 }} title={false} />}>
          <SoughtComment key={sought} id={sought} about={about} />
        </Suspense>
      ) : null}
      {days.map((day) => (
        <section key={day.day} className="gx-day">
          <h3>{day.day > today ? t("record.planned", { day: dayName(day.day) }) : dayName(day.day)}</h3>
          <ol>
            {day.items.map((item) =>
              // What was said of a contact or a deal is answered there.
              item.kind === COMMENT && isSaidOf(item, id) ? (
                <Suspense key={item.id} fallback={<Skeleton active paragraph={{ rows: 2 }} title={false} />}>
                  <CommentEntry
                    item={item}
                    about={about}
                    reactions={reactions.get(item.id) ?? []}
                    sought={item.id === sought}
                  />
                </Suspense>
              ) : (
                <TimelineEntry
                  key={`${item.kind}${item.object}${item.id}${item.at}${item.verb ?? ""}`}
                  item={item}
                  about={{ object: object.name, id }}
                  onComplete={
                    complete.offered(item.object, item.record) ? () => complete.run(item.object, item.id) : null
                  }
                />
              ),
            )}
          </ol>
        </section>
      ))}
      <div ref={end} />
      {isFetchingNextPage ? <Skeleton active paragraph={{ rows: 2 }} title={false} /> : null}
    </div>
  );
}

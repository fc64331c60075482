import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import { asReference, asText, isObject } from "@/fields/values";
import { CommentEntry } from "../../comments/comment-entry";
import { COMMENT } from "../../comments/comment-model";
import { useReactions } from "../../comments/use-comments";

interface Props {
  /** The comment somebody was led to. */
  id: string;
  about: { object: string; id: string };
}

/** A comment somebody was led to that is older than what the timeline shows: it stands above the others. */
export function SoughtComment({ id, about }: Props) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: queryKeys.record(COMMENT, id),
    queryFn: ({ signal }) => readRecord(COMMENT, id, undefined, signal),
    retry: false,
    staleTime: 10_000,
  });
  const reactions = useReactions(about, found.isSuccess);
  if (found.isError) return <p className="gx-muted">{t("comments.soughtGone")}</p>;
  const record = found.data;
  // Of another record's comments nothing is said here.
  if (!record || !isObject(record.target) || record.target.id !== about.id) return null;
  const item = {
    kind: COMMENT,
    object: COMMENT,
    id,
    at: asText(record.created_at),
    actor: asReference(record.created_by) as { id: string; label: string | null } | null,
    title: asText(record.excerpt),
    text: null,
    record,
  };
  return (
    <section className="gx-day" aria-label={t("comments.sought")}>
      <h3>{t("comments.sought")}</h3>
      <ol>
        <CommentEntry item={item} about={about} reactions={reactions.get(id) ?? []} sought />
      </ol>
    </section>
  );
}

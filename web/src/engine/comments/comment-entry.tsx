import { CheckCircleOutlined, EllipsisOutlined, MessageOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, type MenuProps } from "antd";
import { Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineItem } from "@/api/types";
import { FileButton } from "@/fields/file/display";
import { htmlToText } from "@/fields/rich-text/plain";
import { SafeHtml } from "@/fields/rich-text/safe-html";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { lazyPart } from "@/ui/lazy-part";
import { useUndoToast } from "@/ui/undo-toast";
import { useMe } from "../session";
import { CommentComposer } from "./comment-composer";
import { commentOf, quoteOf, type Reaction } from "./comment-model";
import { ReactionBar } from "./reaction-bar";
import { useCommentAction, useCommenting, useDeleteComment, useRestoreComment } from "./use-comments";
import "./comments.css";

/** Few ask how a comment came to say what it says. */
const CommentHistory = lazyPart(async () => ({ default: (await import("./comment-history")).CommentHistory }));

interface Props {
  item: TimelineItem;
  about: { object: string; id: string };
  reactions: Reaction[];
  /** The comment somebody was led to. */
  sought: boolean;
}

/** Something that was said about the record, with what can be done about it. */
export function CommentEntry({ item, about, reactions, sought }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const me = useMe();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const commenting = useCommenting();
  const act = useCommentAction(about);
  const remove = useDeleteComment(about);
  const restore = useRestoreComment(about);
  const [mode, setMode] = useState<"read" | "answer" | "quote" | "edit">("read");
  const [versions, setVersions] = useState(false);
  const [unfolded, setUnfolded] = useState(sought);
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (sought) place.current?.scrollIntoView({ block: "center" });
  }, [sought]);
  if (!item.record) return null;
  const comment = commentOf(item.record);
  const author = comment.author?.label ?? t("record.system");
  const mine = comment.author?.id === me.user.id;
  const failed = (error: unknown) => void message.error(errorText(error));
  const run = (action: string, input = {}) => act.mutate({ id: comment.id, action, input }, { onError: failed });
  const dispose = () =>
    remove.mutate(comment.id, {
      onSuccess: () => undoToast(t("comments.deleted"), () => restore.mutate(comment.id, { onError: failed })),
      onError: failed,
    });
  const menu: NonNullable<MenuProps["items"]> = [
    ...(commenting.writes ? [{ key: "quote", label: t("comments.quote"), onClick: () => setMode("quote") }] : []),
    ...(commenting.choosesAudience && commenting.writes
      ? [
          comment.resolvedAt
            ? { key: "reopen", label: t("comments.reopen"), onClick: () => run("reopen") }
            : { key: "resolve", label: t("comments.resolve"), onClick: () => run("resolve") },
        ]
      : []),
    ...(mine
      ? [
          { key: "edit", label: t("common.edit"), onClick: () => setMode("edit") },
          { key: "delete", danger: true, label: t("common.delete"), onClick: dispose },
        ]
      : []),
  ];
  const folded = comment.resolvedAt !== null && !unfolded;
  return (
    <li
      ref={place}
      id={`comment-${comment.id}`}
      className="gx-entry gx-comment"
      data-kind="comment"
      data-audience={comment.audience}
      data-sought={sought || undefined}
    >
      <span className="gx-entry-icon" aria-hidden>
        <MessageOutlined />
      </span>
      <div className="gx-entry-body">
        <div className="gx-entry-head">
          <strong>{author}</strong>
          <span className="gx-seen-by" data-audience={comment.audience}>
            {t(`comments.${comment.audience}`)}
          </span>
          {comment.parent ? <span className="gx-muted">{t("comments.inReply")}</span> : null}
          {comment.resolvedAt ? (
            <button
              type="button"
              className="gx-resolved"
              onClick={() => setUnfolded(!unfolded)}
              aria-expanded={!folded}
            >
              <CheckCircleOutlined /> {t("comments.resolvedBy", { name: comment.resolvedBy?.label ?? "" })}
            </button>
          ) : null}
          {menu.length > 0 ? (
            <Dropdown menu={{ items: menu }} trigger={["click"]}>
              <Button
                type="text"
                size="small"
                className="gx-comment-more"
                icon={<EllipsisOutlined />}
                aria-label={t("common.more")}
              />
            </Dropdown>
          ) : null}
        </div>
        {mode === "edit" ? (
          <CommentComposer
            about={about}
            edited={comment}
            choosesAudience={commenting.choosesAudience}
            onDone={() => setMode("read")}
          />
        ) : folded ? null : (
          <SafeHtml html={comment.body} />
        )}
        {comment.attachments.length > 0 && !folded && mode !== "edit" ? (
          <div className="gx-composer-files">
            {comment.attachments
              .filter((file) => !comment.body.includes(file.id))
              .map((file) => (
                <FileButton
                  key={file.id}
                  file={{ id: file.id, name: file.label ?? t("common.notVisible"), size: 0, content_type: "" }}
                  variant="cell"
                />
              ))}
          </div>
        ) : null}
        <div className="gx-entry-foot gx-muted">
          <time dateTime={comment.at} title={formats.dateTime(comment.at)}>
            {formats.time(comment.at)}
          </time>
          {comment.editedAt ? (
            <Button
              type="link"
              size="small"
              className="gx-input-switch gx-comment-edited"
              title={t("comments.editedAt", { at: formats.dateTime(comment.editedAt) })}
              onClick={() => setVersions(true)}
            >
              {t("comments.edited")}
            </Button>
          ) : null}
          {commenting.sees ? <ReactionBar reactions={reactions} onReact={(emoji) => run("react", { emoji })} /> : null}
          {commenting.writes ? (
            <Button type="link" size="small" className="gx-input-switch" onClick={() => setMode("answer")}>
              {t("comments.answer")}
            </Button>
          ) : null}
        </div>
        {mode === "answer" || mode === "quote" ? (
          <CommentComposer
            about={about}
            parent={comment}
            initial={mode === "quote" ? quoteOf(author, htmlToText(comment.body)) : ""}
            choosesAudience={commenting.choosesAudience}
            onDone={() => setMode("read")}
          />
        ) : null}
        {versions ? (
          <Suspense fallback={null}>
            <CommentHistory id={comment.id} onClose={() => setVersions(false)} />
          </Suspense>
        ) : null}
      </div>
    </li>
  );
}

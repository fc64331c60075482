import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../session";
import { CommentComposer } from "./comment-composer";
import { draftKey, readDraft } from "./comment-model";
import { TypingNow } from "./typing-now";
import { useCommenting } from "./use-comments";
import "./comments.css";

/** Where a comment begins: one line until it is wanted; open at once where something half written waits. */
export function CommentBox({ about }: { about: { object: string; id: string } }) {
  const { t } = useTranslation();
  const me = useMe();
  const { writes, choosesAudience } = useCommenting();
  const [open, setOpen] = useState(() => readDraft(draftKey(me.user.id, about.object, about.id, "new")) !== "");
  if (!writes) return null;
  return (
    <>
      {open ? (
        <CommentComposer about={about} choosesAudience={choosesAudience} onDone={() => setOpen(false)} />
      ) : (
        <button type="button" className="gx-comment-begin" onClick={() => setOpen(true)}>
          {t("comments.placeholder")}
        </button>
      )}
      <TypingNow about={about} />
    </>
  );
}

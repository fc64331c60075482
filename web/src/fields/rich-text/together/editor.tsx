import Collaboration from "@tiptap/extension-collaboration";
import { EditorContent, useEditor } from "@tiptap/react";
import { use, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import type { FieldInputProps } from "../../types";
import { asText } from "../../values";
import { editorAttributes, formatting, useMarks } from "../formatting";
import { type TextPlace, TogetherContext } from "../place";
import { htmlToText } from "../plain";
import { RichTextToolbar } from "../toolbar";
import { Carets } from "./carets";
import { type CopyStatus, TextCopy } from "./text-copy";

/** After so long the text is edited as if nobody else were there. */
const PATIENCE_MS = 6_000;

interface Props extends FieldInputProps {
  place: TextPlace;
  /** It cannot be edited together now. */
  onAlone: () => void;
}

/** The editor of a rich text that others may edit at the same time. */
export function TogetherEditor(props: Props) {
  // A text that was begun anew is opened with a new copy.
  const [round, setRound] = useState(0);
  return <OneText key={round} {...props} onRenewed={() => setRound((now) => now + 1)} />;
}

function OneText(props: Props & { onRenewed: () => void }) {
  const { place, field, value, onAlone, onRenewed } = props;
  const { t } = useTranslation();
  const [copy] = useState(() => new TextCopy({ ...place, field: field.name }));
  const status = useSyncExternalStore(copy.subscribe, copy.getStatus);
  const { state } = status;
  useEffect(() => copy.start(), [copy]);
  const joined = useRef(false);
  if (state !== "joining") joined.current = true;
  useEffect(() => {
    if (state === "renewed") onRenewed();
    // Never there: somebody else deleted it, or nobody may edit it together.
    if (state === "gone" && copy.doc.store.clients.size === 0) onAlone();
    if (state !== "joining") return;
    const timer = setTimeout(onAlone, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state, copy, onRenewed, onAlone]);
  if (!joined.current) {
    return (
      <div className="gx-rich-editor" data-together data-disabled>
        <div className="gx-rich-text gx-long-text">{htmlToText(asText(value))}</div>
        <div className="gx-together" role="status">
          {t("fields.together.joining")}
        </div>
      </div>
    );
  }
  return <SharedEditor {...props} copy={copy} now={status} />;
}

function SharedEditor(props: FieldInputProps & { copy: TextCopy; now: CopyStatus }) {
  const { field, id, autoFocus, disabled, describedBy, copy, now } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const together = use(TogetherContext);
  const writable = now.write && !disabled && (now.state === "live" || now.state === "away");
  const editor = useEditor({
    extensions: [
      formatting({ undoRedo: false }),
      Collaboration.configure({ document: copy.doc }),
      Carets.configure({ cursors: copy.cursors, nameless: t("form.somebody") }),
    ],
    autofocus: autoFocus ? "end" : false,
    editable: writable,
    editorProps: { attributes: editorAttributes(label(field.label), id, describedBy) },
  });
  useEffect(() => editor.setEditable(writable, false), [editor, writable]);
  const told = useRef(together);
  useEffect(() => {
    const owner = told.current;
    let html = editor.getHTML();
    const note = () => {
      html = editor.getHTML();
    };
    owner?.begin();
    editor.on("update", note);
    return () => {
      editor.off("update", note);
      owner?.end(html);
    };
  }, [editor]);
  const marks = useMarks(editor);
  return (
    <div className="gx-rich-editor" data-together data-disabled={!writable || undefined}>
      <RichTextToolbar editor={editor} marks={marks} disabled={!writable} />
      <EditorContent editor={editor} />
      <StatusLine status={now} />
    </div>
  );
}

function StatusLine({ status }: { status: CopyStatus }) {
  const { t } = useTranslation();
  const { state, write, saved, refused } = status;
  const text = () => {
    if (state === "away") return t("fields.together.away");
    if (state === "withdrawn") return t("fields.together.withdrawn");
    if (state === "gone") return t("fields.together.gone");
    if (state === "too_large") return t("fields.together.tooLarge");
    if (!write) return t("fields.together.readOnly");
    if (refused !== null) return t("fields.together.refused", { reason: refused });
    return saved ? t("fields.together.saved") : t("fields.together.saving");
  };
  const bad = state === "withdrawn" || state === "gone" || state === "too_large" || refused !== null;
  return (
    <div className="gx-together" role="status" data-state={bad ? "bad" : state === "away" ? "away" : undefined}>
      {text()}
    </div>
  );
}

import { Placeholder } from "@tiptap/extensions";
import { type Editor, EditorContent, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isBlankHtml } from "@/fields/rich-text/plain";
import { MentionList } from "./mention-list";
import { type Mentionable, useMentionables } from "./mentionables";
import { MentionNode, mentionQuery, PictureNode } from "./nodes";

interface Props {
  html: string;
  /** The text, empty where nothing is written. */
  onChange: (html: string) => void;
  onSend: () => void;
  onEscape: () => void;
  /** Stores a pasted file; answers where it lies, or null where it is no picture or was refused. */
  onFiles: (files: File[], show: (src: string, alt: string) => void) => void;
  disabled?: boolean;
}

/** A small editor for what one says: marks, lists, quotes, mentions, pasted pictures. */
export function CommentEditor({ html, onChange, onSend, onEscape, onFiles, disabled }: Props) {
  const { t } = useTranslation();
  const listId = useId();
  const [query, setQuery] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const found = useMentionables(query);
  const written = useRef(html);
  const now = useRef({ found, active, query, onChange, onSend, onEscape, onFiles });
  useEffect(() => {
    now.current = { found, active, query, onChange, onSend, onEscape, onFiles };
  });
  const editor = useEditor({
    extensions: [
      StarterKit.configure({ heading: false, codeBlock: false, horizontalRule: false, link: { openOnClick: false } }),
      Placeholder.configure({ placeholder: t("comments.placeholder") }),
      MentionNode,
      PictureNode,
    ],
    content: html,
    autofocus: "end",
    editable: !disabled,
    editorProps: {
      attributes: {
        class: "gx-rich-text",
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": t("comments.write"),
      },
      handleKeyDown: (_view, event) => handleKey(event),
      handlePaste: (_view, event) => take([...(event.clipboardData?.files ?? [])]),
      handleDrop: (_view, event) => take([...(event.dataTransfer?.files ?? [])]),
    },
    onUpdate: ({ editor: current }) => {
      const next = current.getHTML();
      written.current = isBlankHtml(next) ? "" : next;
      now.current.onChange(written.current);
    },
    onTransaction: ({ editor: current }) => {
      const { $from, empty } = current.state.selection;
      setQuery(empty ? mentionQuery($from.parent.textBetween(0, $from.parentOffset, "\n", "￼")) : null);
    },
    onBlur: () => setQuery(null),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => setActive(0), [query]);
  useEffect(() => {
    if (html === written.current) return;
    written.current = html;
    editor.commands.setContent(html, { emitUpdate: false });
    editor.commands.focus("end");
  }, [editor, html]);

  function handleKey(event: KeyboardEvent): boolean {
    const { found: list, active: at, query: asked } = now.current;
    if (event.isComposing) return false;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      now.current.onSend();
      return true;
    }
    if (asked !== null && list.length > 0) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        setActive((at + (event.key === "ArrowDown" ? 1 : list.length - 1)) % list.length);
        return true;
      }
      const one = list[at];
      if ((event.key === "Enter" || event.key === "Tab") && one) {
        mention(editor, asked, one);
        return true;
      }
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      if (asked !== null) setQuery(null);
      else now.current.onEscape();
      return true;
    }
    return false;
  }

  function take(files: File[]): boolean {
    if (files.length === 0) return false;
    now.current.onFiles(files, (src, alt) =>
      editor.chain().focus().insertContent({ type: "picture", attrs: { src, alt } }).run(),
    );
    return true;
  }

  return (
    <div className="gx-comment-editor" data-disabled={disabled || undefined}>
      <EditorContent editor={editor} />
      {query !== null ? (
        <MentionList id={listId} found={found} active={active} onChoose={(one) => mention(editor, query, one)} />
      ) : null}
    </div>
  );
}

/** Puts whom one chose in the place of what was typed. */
function mention(editor: Editor, query: string, one: Mentionable): void {
  const to = editor.state.selection.from;
  editor
    .chain()
    .focus()
    .insertContentAt({ from: to - query.length - 1, to }, [
      { type: "mention", attrs: { whom: `${one.kind}:${one.id}`, label: one.label } },
      { type: "text", text: " " },
    ])
    .run();
}

import { EditorContent, useEditor, useEditorState } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { useEffect, useRef } from "react";
import { useLabel } from "@/i18n/i18n";
import type { FieldInputProps } from "../types";
import { asText } from "../values";
import { isBlankHtml } from "./plain";
import { RichTextToolbar } from "./toolbar";

/** What the server's cleaning keeps too: headings, lists, quotes, links and the usual marks. */
export function RichTextEditor(props: FieldInputProps) {
  const { field, value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  const label = useLabel();
  const html = asText(value);
  const written = useRef(html);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  }, [onChange]);
  const editor = useEditor({
    extensions: [
      StarterKit.configure({
        heading: { levels: [2, 3] },
        codeBlock: false,
        link: {
          openOnClick: false,
          autolink: true,
          defaultProtocol: "https",
          protocols: ["http", "https", "mailto", "tel"],
        },
      }),
    ],
    content: html,
    autofocus: autoFocus ? "end" : false,
    editable: !disabled,
    editorProps: {
      attributes: {
        class: "gx-rich-text",
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label(field.label),
        ...(id ? { id } : {}),
        ...(describedBy ? { "aria-describedby": describedBy } : {}),
      },
    },
    onUpdate: ({ editor: current }) => {
      const next = current.getHTML();
      written.current = next;
      change.current(isBlankHtml(next) ? null : next);
    },
  });
  useEffect(() => editor.setEditable(!disabled, false), [editor, disabled]);
  // A value from outside (a draft restored, a conflict settled) replaces the text; our own echo does not.
  useEffect(() => {
    if (html === written.current || (html === "" && isBlankHtml(written.current))) return;
    written.current = html;
    editor.commands.setContent(html, { emitUpdate: false });
  }, [editor, html]);
  const marks = useEditorState({
    editor,
    selector: ({ editor: current }) => ({
      bold: current.isActive("bold"),
      italic: current.isActive("italic"),
      underline: current.isActive("underline"),
      strike: current.isActive("strike"),
      heading: current.isActive("heading"),
      bulletList: current.isActive("bulletList"),
      orderedList: current.isActive("orderedList"),
      quote: current.isActive("blockquote"),
      link: current.isActive("link"),
    }),
  });
  return (
    <div className="gx-rich-editor" data-error={status === "error" || undefined} data-disabled={disabled || undefined}>
      <RichTextToolbar editor={editor} marks={marks} disabled={disabled} />
      <EditorContent editor={editor} />
    </div>
  );
}

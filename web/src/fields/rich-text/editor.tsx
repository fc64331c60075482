import { EditorContent, useEditor } from "@tiptap/react";
import { useEffect, useRef } from "react";
import { useLabel } from "@/i18n/i18n";
import type { FieldInputProps } from "../types";
import { asText } from "../values";
import { editorAttributes, formatting, useMarks } from "./formatting";
import { isBlankHtml } from "./plain";
import { RichTextToolbar } from "./toolbar";

/** The editor of a rich text that nobody else edits meanwhile. */
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
    extensions: [formatting({})],
    content: html,
    autofocus: autoFocus ? "end" : false,
    editable: !disabled,
    editorProps: {
      attributes: editorAttributes(label(field.label), id, describedBy),
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
  const marks = useMarks(editor);
  return (
    <div className="gx-rich-editor" data-error={status === "error" || undefined} data-disabled={disabled || undefined}>
      <RichTextToolbar editor={editor} marks={marks} disabled={disabled} />
      <EditorContent editor={editor} />
    </div>
  );
}

import { type Editor, useEditorState } from "@tiptap/react";
import StarterKit, { type StarterKitOptions } from "@tiptap/starter-kit";
import type { ActiveMarks } from "./toolbar";

/** What the server's cleaning keeps too: headings, lists, quotes, links and the usual marks. */
export function formatting(others: Partial<StarterKitOptions>) {
  return StarterKit.configure({
    heading: { levels: [2, 3] },
    codeBlock: false,
    link: {
      openOnClick: false,
      autolink: true,
      defaultProtocol: "https",
      protocols: ["http", "https", "mailto", "tel"],
    },
    ...others,
  });
}

/** What tells assistive technology, forms and styles of the place one writes in. */
export function editorAttributes(label: string, id: string | undefined, describedBy: string | undefined) {
  return {
    class: "gx-rich-text",
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": label,
    ...(id ? { id } : {}),
    ...(describedBy ? { "aria-describedby": describedBy } : {}),
  };
}

/** What the text under the cursor is, for the tools. */
export function useMarks(editor: Editor): ActiveMarks {
  return useEditorState({
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
}

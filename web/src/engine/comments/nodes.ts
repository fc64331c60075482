import { mergeAttributes, Node } from "@tiptap/react";
import { pagePath } from "@/api/place";

/** Somebody mentioned: by what he is, shown as he is called. What the server reads is `data-mention`. */
export const MentionNode = Node.create({
  name: "mention",
  group: "inline",
  inline: true,
  atom: true,
  selectable: false,
  addAttributes() {
    return {
      whom: { default: "", parseHTML: (element) => element.getAttribute("data-mention") ?? "" },
      label: { default: "", parseHTML: (element) => (element.textContent ?? "").replace(/^@/, "") },
    };
  },
  parseHTML() {
    return [{ tag: "span[data-mention]" }];
  },
  renderHTML({ node }) {
    return ["span", { "data-mention": String(node.attrs.whom) }, `@${String(node.attrs.label)}`];
  },
  renderText({ node }) {
    return `@${String(node.attrs.label)}`;
  },
});

/** A picture that was pasted: a file of the server's own. */
export const PictureNode = Node.create({
  name: "picture",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes() {
    return { src: { default: "" }, alt: { default: "" } };
  },
  parseHTML() {
    return [{ tag: 'img[src^="/api/v1/files/"]' }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["img", mergeAttributes(HTMLAttributes)];
  },
  // What is kept names the file alone; where it is fetched from is this company's.
  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("img");
      dom.src = pagePath(String(node.attrs.src));
      dom.alt = String(node.attrs.alt);
      return { dom };
    };
  },
});

/** What is typed after an @ before the cursor, or null where nobody is being mentioned. */
export function mentionQuery(before: string): string | null {
  return /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}_·-]{0,20})$/u.exec(before)?.[1] ?? null;
}

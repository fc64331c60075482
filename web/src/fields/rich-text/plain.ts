/** The text of a piece of HTML, blocks parted by line breaks. Parsing builds no live page: nothing loads or runs. */
export function htmlToText(html: string): string {
  const body = new DOMParser().parseFromString(
    html.replace(/<(br|\/p|\/li|\/h[1-6]|\/div|\/blockquote)\b/gi, "\n<$1"),
    "text/html",
  ).body;
  return (body.textContent ?? "")
    .replace(/[ \t]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim();
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Plain text as HTML: one paragraph a line. */
export function textToHtml(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => `<p>${line.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? "")}</p>`)
    .join("");
}

/** What an editor leaves of an empty text. */
export function isBlankHtml(html: string): boolean {
  return htmlToText(html) === "" && !/<(img|hr)\b/i.test(html);
}

import DOMPurify from "dompurify";
import { useMemo } from "react";

const ALLOWED_TAGS = [
  "p",
  "br",
  "h1",
  "h2",
  "h3",
  "h4",
  "ul",
  "ol",
  "li",
  "blockquote",
  "pre",
  "code",
  "hr",
  "strong",
  "b",
  "em",
  "i",
  "u",
  "s",
  "del",
  "a",
  "span",
  "div",
  "table",
  "thead",
  "tbody",
  "tr",
  "th",
  "td",
];

/** HTML of a record, without anything that could run, load or cover the page. Links open elsewhere. */
export function SafeHtml({ html }: { html: string }) {
  const clean = useMemo(() => {
    const cleaned = DOMPurify.sanitize(html, {
      ALLOWED_TAGS,
      ALLOWED_ATTR: ["href", "colspan", "rowspan"],
      ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
    });
    const body = new DOMParser().parseFromString(cleaned, "text/html").body;
    for (const link of body.querySelectorAll("a")) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer nofollow");
    }
    return body.innerHTML;
  }, [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned just above, and by the server on save
  return <div className="gx-rich-text" dangerouslySetInnerHTML={{ __html: clean }} />;
}

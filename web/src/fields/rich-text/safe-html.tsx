import DOMPurify from "dompurify";
import { useMemo } from "react";
import { pagePath } from "@/api/place";

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
  "img",
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
      ALLOWED_ATTR: ["href", "colspan", "rowspan", "src", "alt", "data-mention"],
      ALLOW_DATA_ATTR: false,
      // Who is mentioned is no address.
      ADD_URI_SAFE_ATTR: ["data-mention"],
      // Pictures come from the server's own files alone.
      ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel):|\/api\/v1\/files\/[\w-]+(?:\?inline=1)?$)/i,
    });
    const body = new DOMParser().parseFromString(cleaned, "text/html").body;
    for (const picture of body.querySelectorAll("img")) {
      const source = picture.getAttribute("src") ?? "";
      if (/^\/api\/v1\/files\/[\w-]+(\?inline=1)?$/.test(source)) {
        picture.setAttribute("loading", "lazy");
        picture.setAttribute("src", pagePath(source));
      } else picture.remove();
    }
    for (const link of body.querySelectorAll("a")) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer nofollow");
    }
    return body.innerHTML;
  }, [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned just above, and by the server on save
  return <div className="gx-rich-text" dangerouslySetInnerHTML={{ __html: clean }} />;
}

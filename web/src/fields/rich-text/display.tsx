import { Suspense } from "react";
import { lazyPart } from "@/ui/lazy-part";
import type { FieldDisplayProps } from "../types";
import { asText } from "../values";
import { htmlToText } from "./plain";

const SafeHtml = lazyPart(async () => ({ default: (await import("./safe-html")).SafeHtml }));

/** The server stores clean HTML only; it is cleaned again before it is shown. A cell shows its text. */
export function RichTextDisplay({ value, variant }: FieldDisplayProps) {
  const html = asText(value);
  if (variant === "cell") return <>{htmlToText(html).replace(/\n/g, " ")}</>;
  return (
    <Suspense fallback={<span className="gx-long-text">{htmlToText(html)}</span>}>
      <SafeHtml html={html} />
    </Suspense>
  );
}

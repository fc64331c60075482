import { pagePath } from "@/api/place";
import type { Json } from "@/api/types";
import { asText, isObject } from "@/fields/values";

export const SUBMISSION = "web_form_submission";

/** Where visitors find a form. */
export const formAddress = (key: string): string =>
  new URL(pagePath(`/f/${encodeURIComponent(key)}`), window.location.origin).href;

/** What is pasted into a website. */
export interface EmbedCode {
  url: string;
  iframe: string;
  html: string;
}

/** The answer of the action `embed`. */
export function readEmbed(answer: Json | undefined, key: string): EmbedCode {
  const found = isObject(answer) ? answer : {};
  return { url: asText(found.url) || formAddress(key), iframe: asText(found.iframe), html: asText(found.html) };
}

/** The websites a form names, one a line. */
export const originsOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

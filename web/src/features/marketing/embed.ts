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
  form: string;
}

/**
 * The answer of the action `embed`. A server that does not know its own address answers a path alone: then it is the
 * address by which the app was opened.
 */
export function readEmbed(answer: Json | undefined, key: string): EmbedCode {
  const found = isObject(answer) ? answer : {};
  const told = asText(found.url);
  const url = told ? new URL(told, window.location.origin).href : formAddress(key);
  const code = (name: string) => asText(found[name]).replaceAll(`"${told}"`, `"${url}"`);
  return { url, iframe: code("iframe"), form: code("form") };
}

/** The websites a form names, one a line. */
export const originsOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

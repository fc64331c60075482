import { PLACE } from "@/api/place";
import type { Json, RecordData, Reference } from "@/api/types";
import { asReference, asReferences, asStrings, asText } from "@/fields/values";

/** The object of comments. */
export const COMMENT = "comment";
/** The object of reactions to them. */
export const REACTION = "comment_reaction";

export const EMOJIS = {
  thumbs_up: "👍",
  check: "✅",
  heart: "❤️",
  party: "🎉",
  laugh: "😄",
  eyes: "👀",
  thanks: "🙏",
  sad: "😟",
} as const;
export type Emoji = keyof typeof EMOJIS;

export type Audience = "internal" | "partners";

export interface Comment {
  id: string;
  version: number;
  body: string;
  audience: Audience;
  author: Reference | null;
  at: string;
  editedAt: string | null;
  resolvedAt: string | null;
  resolvedBy: Reference | null;
  parent: Reference | null;
  attachments: Reference[];
}

export function commentOf(record: RecordData): Comment {
  return {
    id: record.id,
    version: record.version,
    body: asText(record.body),
    audience: record.audience === "partners" ? "partners" : "internal",
    author: asReference(record.created_by),
    at: asText(record.created_at),
    editedAt: asText(record.edited_at) || null,
    resolvedAt: asText(record.resolved_at) || null,
    resolvedBy: asReference(record.resolved_by),
    parent: asReference(record.parent),
    attachments: asReferences(record.attachments),
  };
}

export interface Reaction {
  emoji: Emoji;
  names: string[];
  mine: boolean;
}

/** Reactions by comment, in the order they are offered. */
export function reactionsByComment(records: RecordData[], me: string): Map<string, Reaction[]> {
  const found = new Map<string, Reaction[]>();
  for (const emoji of Object.keys(EMOJIS) as Emoji[]) {
    for (const record of records) {
      const comment = asReference(record.comment)?.id;
      const member = asReference(record.member);
      if (!comment || !member || !asStrings(record.emojis).includes(emoji)) continue;
      const reactions = found.get(comment) ?? [];
      let reaction = reactions.find((one) => one.emoji === emoji);
      if (!reaction) {
        reaction = { emoji, names: [], mine: false };
        reactions.push(reaction);
      }
      reaction.names.push(member.label ?? "");
      reaction.mine ||= member.id === me;
      found.set(comment, reactions);
    }
  }
  return found;
}

/** A comment quoted at the head of an answer, cut to what reminds of it. */
export function quoteOf(author: string, text: string): string {
  const safe = (part: string) =>
    part.replace(/[&<>]/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[mark] ?? "");
  const short = text.length > 140 ? `${text.slice(0, 140)}…` : text;
  return `<blockquote><p>${safe(author)}：${safe(short).replace(/\n/g, "<br>")}</p></blockquote><p></p>`;
}

/** Somebody mentioned who may not see the record. */
export interface Unseen {
  kind: string;
  id: string;
  label: string;
  unseen: number;
  of: number;
}

/** What the server says of those mentioned. */
export function readUnseen(answer: Json): { unseen: Unseen[]; mayShare: boolean } {
  const said = answer as { unseen?: Unseen[]; may_share?: boolean } | null;
  return { unseen: said?.unseen ?? [], mayShare: said?.may_share === true };
}

/** Where a comment half written is kept: apart for each person, record and place on it. */
export function draftKey(user: string, object: string, id: string, place: string): string {
  return `guanxi.comment.${PLACE}${user}.${object}.${id}.${place}`;
}

export function readDraft(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function writeDraft(key: string, html: string): void {
  try {
    if (html) localStorage.setItem(key, html);
    else localStorage.removeItem(key);
  } catch {
    // No room: the editor itself still holds everything.
  }
}

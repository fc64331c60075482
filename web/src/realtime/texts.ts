import type { LiveMessage, LiveRequest } from "@/api/types";

/** What the server says of texts that several edit at once. */
export type TextMessage = Extract<
  LiveMessage,
  { type: "joined" | "edits" | "taken" | "cursor" | "written" | "unwritten" | "left" }
>;
export type TextRequest = Extract<LiveRequest, { type: "join" | "edit" | "cursor" | "leave" }>;

export interface TextListener {
  hear(message: TextMessage): void;
  /** The socket is there, for the first time or again. */
  up(): void;
  /** It is gone; nothing that was said on it and not answered is sure to have been heard. */
  down(): void;
}

const listeners = new Set<TextListener>();
let send: ((message: TextRequest) => void) | null = null;

/** Between the connection and the texts that are open: the code of these is loaded with the first one. */
export const textChannel = {
  open(say: (message: TextRequest) => void): void {
    send = say;
    for (const listener of [...listeners]) listener.up();
  },
  close(): void {
    if (send === null) return;
    send = null;
    for (const listener of [...listeners]) listener.down();
  },
  hear(message: TextMessage): void {
    for (const listener of [...listeners]) listener.hear(message);
  },
  say(message: TextRequest): void {
    send?.(message);
  },
  listen(listener: TextListener): () => void {
    listeners.add(listener);
    if (send !== null) listener.up();
    return () => listeners.delete(listener);
  },
};

export type TextChannel = Pick<typeof textChannel, "say" | "listen">;

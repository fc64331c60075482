import { type Invitation, inviteMembers } from "@/api/members";
import type { WaitingMember } from "@/api/types";

/** As many as the server takes at once. */
const AT_ONCE = 100;

/** Those who have no invitation that is still good, and those who have one. */
export function parted(waiting: WaitingMember[], now: number): { due: string[]; invited: string[] } {
  const isGood = (one: WaitingMember) => one.expires_at != null && new Date(one.expires_at).getTime() > now;
  return {
    due: waiting.filter((one) => !isGood(one)).map((one) => one.member),
    invited: waiting.filter(isGood).map((one) => one.member),
  };
}

/** Invites them, some at a time, and tells how far it is. What was done stays done where a later part fails. */
export async function inviteAll(members: string[], onDone: (made: Invitation[]) => void): Promise<void> {
  for (let from = 0; from < members.length; from += AT_ONCE) {
    onDone(await inviteMembers(members.slice(from, from + AT_ONCE)));
  }
}

/** A cell that no spreadsheet takes for a formula. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}

/** Links to be handed over, as a file. */
export function linksFile(made: Invitation[], heads: string[], origin: string): string {
  const rows = made
    .filter((one) => one.path)
    .map((one) => [one.name ?? "", one.email ?? "", one.url ?? `${origin}${one.path}`, one.expires_at ?? ""]);
  return `\ufeff${[heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

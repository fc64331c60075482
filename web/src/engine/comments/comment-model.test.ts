import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { quoteOf, reactionsByComment, readUnseen } from "./comment-model";

const reaction = (comment: string, member: string, emojis: string[]) =>
  ({
    id: `${comment}${member}`,
    version: 1,
    comment: { id: comment, label: "" },
    member: { id: member, label: member },
    emojis,
  }) as unknown as RecordData;

describe("comments", () => {
  it("gathers reactions by comment, in one order, and knows one's own", () => {
    const found = reactionsByComment(
      [
        reaction("a", "lin", ["heart", "thumbs_up"]),
        reaction("a", "ma", ["heart"]),
        reaction("b", "ma", []),
        reaction("b", "lin", ["bomb"]),
      ],
      "lin",
    );
    expect(found.get("a")).toEqual([
      { emoji: "thumbs_up", names: ["lin"], mine: true },
      { emoji: "heart", names: ["lin", "ma"], mine: true },
    ]);
    expect(found.has("b")).toBe(false);
  });

  it("quotes text, never markup", () => {
    expect(quoteOf("林<b>", "<img src=x>\n二")).toBe(
      "<blockquote><p>林&lt;b&gt;：&lt;img src=x&gt;<br>二</p></blockquote><p></p>",
    );
    expect(quoteOf("林", "长".repeat(200))).toContain("…");
  });

  it("reads what the server says of those mentioned", () => {
    expect(readUnseen(null)).toEqual({ unseen: [], mayShare: false });
    expect(readUnseen({ unseen: [], may_share: true }).mayShare).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { readMissing } from "./missing";

describe("who has not confirmed", () => {
  it("stand by their names as Chinese are put in order, those one may not see at the end", () => {
    const found = readMissing({
      total: 300,
      members: [
        { id: "1", label: "周雨桐" },
        { id: "2", label: null },
        { id: "3", label: "陈志强" },
      ],
    });
    expect(found.total).toBe(300);
    expect(found.members.map((member) => member.id)).toEqual(["3", "1", "2"]);
  });

  it("are nobody where the server says nothing of them", () => {
    expect(readMissing(null)).toEqual({ total: 0, members: [] });
  });
});

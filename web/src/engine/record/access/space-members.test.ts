import { describe, expect, it } from "vitest";
import type { Share } from "@/api/rights";
import type { RecordData } from "@/api/types";
import { spaceMembers } from "./space-members";

const space = { id: "s", version: 1, owner: { id: "zhou", label: "周敏" } } as unknown as RecordData;
const share = (kind: string, id: string, label: string | null, level: string, expires_at: string | null = null) =>
  ({
    with: { kind, id, label },
    level,
    expires_at,
    reason: "manual",
    granted_by: null,
    created_at: "",
  }) as unknown as Share;
const told = (shares: Share[]) =>
  spaceMembers(space, shares).map((it) => `${it.name} ${it.level}${it.owner ? " owner" : ""}`);

describe("members of a space", () => {
  it("begin with whose it is, then come those with more rights", () => {
    const shares = [
      share("member", "lin", "林", "read"),
      share("department", "d", "客服部", "manage"),
      share("member", "he", "何", "write"),
    ];
    expect(told(shares)).toEqual(["周敏 manage owner", "客服部 manage", "何 write", "林 read"]);
  });

  it("are there once, with the most they may", () => {
    const shares = [
      share("member", "lin", "林", "read"),
      share("member", "lin", "林", "write"),
      share("member", "zhou", "周敏", "read"),
    ];
    expect(told(shares)).toEqual(["周敏 manage owner", "林 write"]);
  });

  it("are counted even where they may not be seen, and without an owner", () => {
    expect(told([share("team", "t", null, "read")])).toEqual(["周敏 manage owner", "null read"]);
    expect(spaceMembers({ ...space, owner: null } as RecordData, [])).toEqual([]);
  });

  it("keep until when they belong to it", () => {
    expect(spaceMembers(space, [share("member", "lin", "林", "read", "2030-01-01T00:00:00Z")])[1]?.until).toBe(
      "2030-01-01T00:00:00Z",
    );
  });
});

import { expect, it, vi } from "vitest";
import { inviteAll, linksFile, parted } from "./invitations";

const invite = vi.hoisted(() => vi.fn());
vi.mock("@/api/members", () => ({ inviteMembers: invite }));

it("tells whose invitation is still good from who needs one", () => {
  const now = Date.parse("2026-11-16T00:00:00Z");
  const waiting = [
    { member: "never", invited_at: null, expires_at: null },
    { member: "over", invited_at: "2026-11-01T00:00:00Z", expires_at: "2026-11-04T00:00:00Z" },
    { member: "good", invited_at: "2026-11-15T00:00:00Z", expires_at: "2026-11-18T00:00:00Z" },
  ];
  expect(parted(waiting, now)).toEqual({ due: ["never", "over"], invited: ["good"] });
});

it("invites some at a time and keeps what was done where a later part fails", async () => {
  const members = Array.from({ length: 150 }, (_, n) => `m${n}`);
  invite.mockImplementationOnce(async (ids: string[]) => ids.map((member) => ({ member, mailed: true })));
  invite.mockRejectedValueOnce(new Error("no network"));
  const done: unknown[] = [];
  await expect(inviteAll(members, (made) => done.push(...made))).rejects.toThrow("no network");
  expect(done).toHaveLength(100);
});

it("writes links into a file in which nothing is a formula", () => {
  const made = [
    {
      member: "a",
      mailed: false,
      name: '=HYPERLINK("x")',
      email: "a@x.cn",
      path: "/activate#1",
      expires_at: "2026-11-18",
    },
    { member: "b", mailed: true },
  ];
  expect(linksFile(made, ["姓名", "邮箱", "链接", "有效期"], "https://crm.cn")).toBe(
    '\ufeff"姓名","邮箱","链接","有效期"\r\n"\'=HYPERLINK(""x"")","a@x.cn","https://crm.cn/activate#1","2026-11-18"\r\n',
  );
});

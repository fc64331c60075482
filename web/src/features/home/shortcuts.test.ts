import { describe, expect, it } from "vitest";
import { readAddress, readShortcuts } from "./shortcuts";

const HERE = "https://crm.example.com";

describe("shortcuts", () => {
  it("lead to a page of this system or to another one by http", () => {
    expect(readAddress("/o/account?view=mine", HERE)).toBe("/o/account?view=mine");
    expect(readAddress(" https://crm.example.com/r/account/1#x ", HERE)).toBe("/r/account/1#x");
    expect(readAddress("erp.example.com/orders", HERE)).toBe("https://erp.example.com/orders");
    expect(readAddress("http://10.0.0.7:8080/", HERE)).toBe("http://10.0.0.7:8080/");
  });

  it("lead nowhere else", () => {
    const odd = ["", " ", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd"];
    odd.push("https://user:secret@evil.example", "https://", "mailto:a@b.example", "客户", `/${"x".repeat(2_001)}`);
    for (const text of odd) expect(readAddress(text, HERE), text).toBeNull();
    // Another system that looks like a path.
    expect(readAddress("//evil.example/x", HERE)).toBe("https://evil.example/x");
  });

  it("forgive what was stored by others", () => {
    const stored = [
      { name: "ERP", url: "https://erp.example.com/" },
      { name: "x", url: "javascript:1" },
      7,
      null,
      { url: "/a" },
    ];
    expect(readShortcuts(stored, HERE)).toEqual([{ name: "ERP", url: "https://erp.example.com/" }]);
    expect(readShortcuts("no", HERE)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { showingOf, step } from "./kinds";

describe("what the viewer shows", () => {
  it("knows pictures, PDF, sound and texts, and nothing that could run", () => {
    expect(showingOf("image/png")).toBe("picture");
    expect(showingOf("image/svg+xml")).toBeNull();
    expect(showingOf("application/pdf")).toBe("pdf");
    expect(showingOf("audio/mpeg")).toBe("sound");
    expect(showingOf("text/html")).toBe("text");
    expect(showingOf("application/octet-stream")).toBeNull();
    expect(showingOf("application/zip")).toBeNull();
  });

  it("goes round", () => {
    expect(step(3, 2, 1)).toBe(0);
    expect(step(3, 0, -1)).toBe(2);
    expect(step(1, 0, 1)).toBe(0);
    expect(step(0, 0, 1)).toBe(0);
  });
});

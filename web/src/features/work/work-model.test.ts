import { describe, expect, it } from "vitest";
import type { Meta } from "@/api/types";
import { chosen, partsOf } from "./work-model";

const view = (name: string) => ({ name, label: { "zh-CN": name, en: name }, columns: [], filter: "true", sort: "" });
const meta = (objects: { name: string; views: string[] }[]) =>
  ({
    objects: objects.map(({ name, views }) => ({ name, fields: [], views: { list: views.map(view) } })),
  }) as unknown as Meta;

describe("my work", () => {
  it("keeps tasks, events, contacts and hand-overs apart, and leaves out what one has no view of", () => {
    const all = meta([
      { name: "activity", views: ["my_tasks", "to_accept", "my_events"] },
      { name: "handover", views: ["to_me"] },
    ]);
    expect(partsOf(all).map((part) => part.name)).toEqual(["tasks", "events", "referrals"]);
    expect(partsOf(all)[0]?.views.map((one) => one.name)).toEqual(["to_accept", "my_tasks"]);
    expect(partsOf(meta([{ name: "activity", views: ["all"] }]))).toEqual([]);
  });

  it("opens what the address names, one's own tasks otherwise", () => {
    const parts = partsOf(meta([{ name: "activity", views: ["to_accept", "my_tasks", "my_events"] }]));
    expect(chosen(parts, undefined, undefined)?.view.name).toBe("my_tasks");
    expect(chosen(parts, "tasks", "to_accept")?.view.name).toBe("to_accept");
    expect(chosen(parts, "events", "to_accept")?.view.name).toBe("my_events");
    expect(chosen(parts, "nowhere", undefined)?.part.name).toBe("tasks");
    expect(chosen([], undefined, undefined)).toBeNull();
  });
});

import { splitRelated } from "@/engine/record/related-parts";
import { offerRelatedWay } from "@/engine/record/related-ways";
import { activateLateTexts } from "@/i18n/i18n";

/** Whoever has to do with the decision on a deal is drawn as who listens to whom. */
offerRelatedWay("opportunity_contact", {
  label: { "zh-CN": "关系图", en: "Map" },
  load: async () => {
    const [part] = await Promise.all([import("@/features/decision-chain/decision-map"), activateLateTexts()]);
    return { default: part.DecisionMap };
  },
});

/** A notice that is to be confirmed tells whoever published it who has not. */
offerRelatedWay("notice_receipt", {
  label: { "zh-CN": "未确认", en: "Not confirmed" },
  load: async () => {
    const [part] = await Promise.all([import("@/features/notices/confirmations"), activateLateTexts()]);
    return { default: part.Confirmations };
  },
});

/** What a space plans: its tasks as a list, what has its time as a calendar. */
splitRelated("activity", "space", [
  {
    name: "tasks",
    label: { "zh-CN": "任务", en: "Tasks" },
    only: 'kind == "task"',
    begin: { kind: "task" },
    as: "list",
    columns: ["subject", "status", "priority", "owner", "due_at"],
    sort: "due_at",
  },
  {
    name: "calendar",
    label: { "zh-CN": "日历", en: "Calendar" },
    only: 'kind != "task"',
    begin: { kind: "appointment" },
    as: "calendar",
  },
]);

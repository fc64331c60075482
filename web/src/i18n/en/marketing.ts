import type { Shape } from "../shape";
import type { marketing as zh } from "../zh-CN/marketing";

export const marketing: Shape<typeof zh> = {
  campaign: "What the campaign brought",
  community: "What the community brought",
  ofExpected: "{{part}} of what was expected",
  ofLeads: "{{part}} of the leads",
  ofBudget: "{{part}} of the budget",
  returnNote: "won amount ÷ cost",
  addLead: "New lead",
  addCost: "Note a cost",
  steps: { research: "Research", plan: "Plan", execution: "Execution", review: "Review" },
  states: { done: "Done", current: "Now", missing: "Not written down", ahead: "Not begun" },
  progress: { time: "Time", leads: "Leads", budget: "Budget" },
};

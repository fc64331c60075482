export const marketing = {
  campaign: "活动成效",
  community: "村社成效",
  ofExpected: "达到预期的 {{part}}",
  ofLeads: "占线索的 {{part}}",
  ofBudget: "占预算的 {{part}}",
  returnNote: "成交金额 ÷ 费用",
  addLead: "新建线索",
  addCost: "记一笔费用",
  steps: { research: "调研", plan: "计划", execution: "执行", review: "评估" },
  states: { done: "已完成", current: "当前", missing: "没有记录", ahead: "未开始" },
  progress: { time: "时间进度", leads: "线索进度", budget: "预算使用" },
};

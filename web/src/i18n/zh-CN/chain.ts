export const chain = {
  title: "决策链关系图",
  add: "添加决策人",
  empty: "还没有决策链",
  emptyText: "客户方谁拍板、谁影响、谁支持我们？先把知道的人加进来。",
  attitudes: "态度",
  noDecider: "还没有找到决策人或审批人。",
  influence: "影响力{{level}}",
  listensTo: "听命于{{name}}",
  hidden: "（不可见）",
  look: "查看",
};

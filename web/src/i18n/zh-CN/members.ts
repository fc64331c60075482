/** Roles for a time, and giving a member's records to another: for administrators. */
export const grants = {
  menu: "临时角色与部门角色…",
  title: "{{name}} 的临时角色与部门角色",
  text: "除固定角色外，可以在一段时间内、或只对某个部门的记录授予角色，例如代班、兼管分公司。到期自动失效。",
  none: "没有这样的角色。",
  add: "授予角色",
  remove: "收回角色",
  removeTitle: "收回这个角色？",
  removeText: "收回后立即失效，该成员不再拥有它带来的权限。",
  spans: { over: "已结束", ahead: "未开始", now: "生效中" },
  within: "仅限“{{name}}”及下级部门的记录",
  everywhere: "对所有记录有效",
  from: "从 {{when}} 起",
  until: "到 {{when}} 止",
  and: "，",
  open: "不限时间",
};

export const handOver = {
  menu: "移交记录…",
  title: "移交 {{name}} 的记录",
  text: "用于离职或转岗：把这位成员负责的记录，以及下属、部门和团队中的位置，交给另一位成员。历史和活动保留原来的人；每一类都可以撤销。",
  successor: "接手人",
  self: "接手人不能是本人，请选择另一位成员。",
  nothing: "这位成员没有负责任何记录，也没有下属或负责的部门、团队。",
  run: "移交 {{n}} 项",
  running: "正在移交{{object}}，已完成 {{n}} 条……",
  done: "{{object}}：已移交 {{n}} 项",
  failed: "{{n}} 项未能移交：{{reason}}",
  undone: "已撤销",
  places: {
    reports: "直属下属",
    deputies: "由其代理的成员",
    heads: "负责的部门",
    leads: "牵头的团队",
    teams: "所在的团队",
  },
};

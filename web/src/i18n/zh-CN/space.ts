/** A space: the people who work together in it. */
export const space = {
  members: "成员",
  manage: "添加与管理成员",
  owner: "负责人",
  ask: "需要加人请联系：{{names}}",
};

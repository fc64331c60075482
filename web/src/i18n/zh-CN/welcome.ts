export const welcome = {
  title: "欢迎使用，{{company}}",
  text: "还没有客户资料。从下面任意一步开始：",
  import: "导入客户",
  importText: "Excel 或 CSV，自动识别编码和列，可撤销。",
  create: "新建第一个客户",
  createText: "手工填写一家公司或一个人。",
  invite: "添加同事",
  inviteText: "分配部门和角色，让团队一起用。",
  shape: "调整字段",
  shapeText: "加上您自己的字段，立即生效。",
};

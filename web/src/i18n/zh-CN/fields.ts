export const fields = {
  empty: "—",
  yes: "是",
  no: "否",
  selectPlaceholder: "请选择",
  referencePlaceholder: "输入名称、拼音或电话",
  referenceEmpty: "没有匹配的记录",
  today: "今天",
  badNumber: "请输入数字",
};

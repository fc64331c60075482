export const notices = {
  notOut: "公告还没有发布",
  notOutText: "发布后，这里会列出谁确认了、谁还没有确认。",
  reminded: "已提醒 {{n}} 人",
  allConfirmed: "{{n}} 人全部已确认",
  confirmedOf: "{{all}} 人中 {{done}} 人已确认",
  remind: "提醒 {{n}} 人",
  missing: "还没有确认的人（{{n}}）",
  andMore: "另有 {{n}} 人",
};

/** The page of an area of work. */
export const area = {
  text: "这个领域的列表、视图和您要处理的记录。",
  unknown: "没有这个工作中心",
  unknownText: "它可能已改名，或者您没有其中任何内容的权限。",
  lists: "{{object}}的列表和视图",
  saved: "保存的视图",
  way: "{{object}} · {{way}}",
  open: "我的未完成",
  own: "我的最近更新",
  latest: "最近更新",
  none: {
    open: "没有未完成的记录。",
    own: "您名下还没有记录。",
    latest: "还没有记录。",
  },
};

//! Names of people.

use serde_json::{Value, json};

use crate::random::Random;

/// A person's name in the forms the company needs.
#[derive(Clone)]
pub(crate) struct PersonName {
    /// As said in full, family name first in Chinese.
    pub(crate) full: String,
    /// Family name.
    pub(crate) family: String,
    /// Given name.
    given: String,
    /// Latin letters, for addresses of mail: family and given name.
    pub(crate) latin: (String, String),
    /// `male` or `female`.
    pub(crate) gender: &'static str,
}

impl PersonName {
    /// The JSON form of the field type.
    pub(crate) fn json(&self) -> Value {
        json!({ "full": self.full, "family": self.family, "given": self.given })
    }
}

/// Family names with their pinyin, the frequent ones oftener.
const FAMILY: [((&str, &str), usize); 44] = [
    (("王", "wang"), 14),
    (("李", "li"), 14),
    (("张", "zhang"), 13),
    (("刘", "liu"), 10),
    (("陈", "chen"), 10),
    (("杨", "yang"), 6),
    (("赵", "zhao"), 5),
    (("黄", "huang"), 5),
    (("周", "zhou"), 5),
    (("吴", "wu"), 5),
    (("徐", "xu"), 4),
    (("孙", "sun"), 4),
    (("胡", "hu"), 3),
    (("朱", "zhu"), 3),
    (("高", "gao"), 3),
    (("林", "lin"), 4),
    (("何", "he"), 3),
    (("郭", "guo"), 3),
    (("马", "ma"), 3),
    (("罗", "luo"), 2),
    (("梁", "liang"), 2),
    (("宋", "song"), 2),
    (("郑", "zheng"), 2),
    (("谢", "xie"), 2),
    (("韩", "han"), 2),
    (("唐", "tang"), 2),
    (("冯", "feng"), 2),
    (("于", "yu"), 2),
    (("董", "dong"), 2),
    (("萧", "xiao"), 1),
    (("程", "cheng"), 2),
    (("曹", "cao"), 2),
    (("袁", "yuan"), 2),
    (("邓", "deng"), 2),
    (("许", "xu"), 2),
    (("傅", "fu"), 1),
    (("沈", "shen"), 2),
    (("曾", "zeng"), 1),
    (("彭", "peng"), 1),
    (("吕", "lv"), 1),
    (("苏", "su"), 1),
    (("蒋", "jiang"), 1),
    (("欧阳", "ouyang"), 1),
    (("诸葛", "zhuge"), 1),
];

/// Given names of men with their pinyin.
const MALE: [(&str, &str); 48] = [
    ("伟", "wei"),
    ("强", "qiang"),
    ("建国", "jianguo"),
    ("志强", "zhiqiang"),
    ("国华", "guohua"),
    ("建军", "jianjun"),
    ("文斌", "wenbin"),
    ("海峰", "haifeng"),
    ("俊", "jun"),
    ("浩然", "haoran"),
    ("子轩", "zixuan"),
    ("宇航", "yuhang"),
    ("明", "ming"),
    ("家豪", "jiahao"),
    ("立群", "liqun"),
    ("永康", "yongkang"),
    ("德胜", "desheng"),
    ("振华", "zhenhua"),
    ("东升", "dongsheng"),
    ("晓东", "xiaodong"),
    ("鹏", "peng"),
    ("磊", "lei"),
    ("凯", "kai"),
    ("一鸣", "yiming"),
    ("思远", "siyuan"),
    ("泽宇", "zeyu"),
    ("天佑", "tianyou"),
    ("景行", "jingxing"),
    ("少华", "shaohua"),
    ("春林", "chunlin"),
    ("学军", "xuejun"),
    ("宏伟", "hongwei"),
    ("世杰", "shijie"),
    ("庆丰", "qingfeng"),
    ("绍文", "shaowen"),
    ("启航", "qihang"),
    ("勇", "yong"),
    ("斌", "bin"),
    ("涛", "tao"),
    ("超", "chao"),
    ("嘉诚", "jiacheng"),
    ("博文", "bowen"),
    ("锦程", "jincheng"),
    ("国平", "guoping"),
    ("卫东", "weidong"),
    ("长青", "changqing"),
    ("士杰", "shijie"),
    ("仲良", "zhongliang"),
];

/// Given names of women with their pinyin.
const FEMALE: [(&str, &str); 40] = [
    ("芳", "fang"),
    ("娜", "na"),
    ("静", "jing"),
    ("丽", "li"),
    ("敏", "min"),
    ("秀英", "xiuying"),
    ("晓燕", "xiaoyan"),
    ("雪梅", "xuemei"),
    ("婷婷", "tingting"),
    ("佳怡", "jiayi"),
    ("欣怡", "xinyi"),
    ("雨涵", "yuhan"),
    ("梓涵", "zihan"),
    ("慧", "hui"),
    ("红梅", "hongmei"),
    ("春燕", "chunyan"),
    ("玉兰", "yulan"),
    ("海燕", "haiyan"),
    ("淑贞", "shuzhen"),
    ("晓琳", "xiaolin"),
    ("雅琴", "yaqin"),
    ("思琪", "siqi"),
    ("诗雨", "shiyu"),
    ("梦瑶", "mengyao"),
    ("文静", "wenjing"),
    ("莉", "li"),
    ("洁", "jie"),
    ("倩", "qian"),
    ("颖", "ying"),
    ("琳", "lin"),
    ("艳", "yan"),
    ("美华", "meihua"),
    ("桂芳", "guifang"),
    ("月华", "yuehua"),
    ("若曦", "ruoxi"),
    ("心怡", "xinyi"),
    ("可馨", "kexin"),
    ("亚楠", "yanan"),
    ("素芬", "sufen"),
    ("锦绣", "jinxiu"),
];

const WESTERN_MALE: [&str; 16] = [
    "James", "Thomas", "Michael", "Daniel", "Stefan", "Andreas", "Oliver", "Marcus", "Peter", "Lukas", "Robert", "David", "Wei Jie", "Henrik",
    "George", "Adrian",
];
const WESTERN_FEMALE: [&str; 14] =
    ["Emma", "Sarah", "Julia", "Anna", "Laura", "Katharina", "Rachel", "Claire", "Mei Lin", "Sophie", "Hannah", "Olivia", "Christine", "Nicole"];
const WESTERN_FAMILY: [&str; 26] = [
    "Fischer",
    "Weber",
    "Schneider",
    "Hoffmann",
    "Becker",
    "Carter",
    "Bennett",
    "Hughes",
    "Parker",
    "Morgan",
    "Walker",
    "Turner",
    "Tan",
    "Lim",
    "Koh",
    "Sullivan",
    "Meyer",
    "Richter",
    "Lindqvist",
    "Brooks",
    "Foster",
    "Reed",
    "Hayes",
    "Wong",
    "Kaur",
    "Nguyen",
];

/// A Chinese name.
pub(crate) fn chinese_name(random: &mut Random) -> PersonName {
    let (family, family_latin) = random.weighted(&FAMILY);
    let (gender, (given, given_latin)) = if random.chance(62) { ("male", random.pick(&MALE)) } else { ("female", random.pick(&FEMALE)) };
    PersonName {
        full: format!("{family}{given}"),
        family: family.into(),
        given: given.into(),
        latin: (family_latin.into(), given_latin.into()),
        gender,
    }
}

/// A western name.
pub(crate) fn western_name(random: &mut Random) -> PersonName {
    let family = random.pick(&WESTERN_FAMILY);
    let (gender, given) = if random.chance(58) { ("male", random.pick(&WESTERN_MALE)) } else { ("female", random.pick(&WESTERN_FEMALE)) };
    PersonName {
        full: format!("{given} {family}"),
        family: family.into(),
        given: given.into(),
        latin: (family.to_lowercase(), given.to_lowercase().replace(' ', "")),
        gender,
    }
}

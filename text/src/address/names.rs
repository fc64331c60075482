//! Short names of divisions: 上海市 is 上海, 延边朝鲜族自治州 is 延边.

use std::collections::HashMap;
use std::sync::LazyLock;

const PEOPLES: [&str; 44] = [
    "维吾尔",
    "哈萨克",
    "柯尔克孜",
    "蒙古族",
    "蒙古",
    "朝鲜族",
    "土家族",
    "布依族",
    "哈尼族",
    "景颇族",
    "傈僳族",
    "达斡尔族",
    "鄂温克族",
    "鄂伦春",
    "仫佬族",
    "毛南族",
    "仡佬族",
    "拉祜族",
    "布朗族",
    "普米族",
    "独龙族",
    "保安族",
    "东乡族",
    "裕固族",
    "撒拉族",
    "塔吉克",
    "锡伯",
    "各族",
    "壮族",
    "回族",
    "藏族",
    "苗族",
    "羌族",
    "彝族",
    "侗族",
    "傣族",
    "白族",
    "瑶族",
    "黎族",
    "水族",
    "畲族",
    "满族",
    "佤族",
    "纳西族",
];

/// The short name of a division, worked out once for each.
pub(super) fn short(name: &'static str) -> &'static str {
    static SHORT: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let all = [super::all_cities(), super::all_districts(), crate::divisions::provinces()];
        all.into_iter().flatten().map(|it| (it.name, shortened(it.name))).collect()
    });
    SHORT.get(name).copied().unwrap_or_else(|| shortened(name))
}

/// The name without what kind of division it is.
fn shortened(name: &str) -> &str {
    for suffix in ["特别行政区", "自治区", "自治州", "自治县", "自治旗"] {
        if let Some(stem) = name.strip_suffix(suffix) {
            return without_peoples(stem);
        }
    }
    for suffix in ["新区", "地区", "省", "市", "区", "县", "盟", "旗"] {
        if let Some(stem) = name.strip_suffix(suffix)
            && stem.chars().count() >= 2
        {
            return stem;
        }
    }
    name
}

fn without_peoples(stem: &str) -> &str {
    let mut rest = stem;
    while let Some(shorter) = PEOPLES.iter().find_map(|people| rest.strip_suffix(people)) {
        // 内蒙古 is not 内.
        if shorter.chars().count() < 2 {
            break;
        }
        rest = shorter;
    }
    rest
}

/// Does the text after a short name show that it was the beginning of something else: 南京路, 朝阳区, 北京大学?
pub(super) fn continues_other_name(after: &str) -> bool {
    const CONTINUATIONS: [&str; 30] = [
        "区", "县", "旗", "州", "盟", "镇", "乡", "村", "路", "街", "道", "巷", "弄", "里", "大道", "东路", "西路", "南路", "北路", "中路", "东街",
        "西街", "南街", "北街", "大街", "大学", "大厦", "广场", "公园", "新村",
    ];
    CONTINUATIONS.iter().any(|continuation| after.starts_with(continuation))
}

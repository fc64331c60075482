//! Names of companies and what goes with an industry.

use std::collections::BTreeSet;

use crate::places::City;
use crate::random::Random;

/// An industry of customers.
pub(crate) struct Industry {
    /// Value of the field.
    pub(crate) value: &'static str,
    /// Words that stand before the form of a company's name, with pinyin for its web address.
    words: &'static [(&'static str, &'static str)],
    /// Where our equipment works there: names of projects.
    pub(crate) places: &'static [&'static str],
    weight: usize,
}

/// The industries, the ones an equipment maker meets most first.
pub(crate) const INDUSTRIES: [Industry; 14] = [
    Industry {
        value: "automotive",
        words: &[("汽车零部件", "auto"), ("汽车电子", "autoel"), ("车身部件", "body"), ("底盘系统", "chassis")],
        places: &["焊装车间", "座椅装配线", "压铸单元", "总装线", "线束车间"],
        weight: 12,
    },
    Industry {
        value: "electronics",
        words: &[("电子", "dz"), ("光电科技", "gd"), ("精密电子", "jmdz"), ("通讯设备", "tx")],
        places: &["SMT 车间", "组装线", "老化测试线", "屏幕贴合线", "包装线"],
        weight: 12,
    },
    Industry {
        value: "machinery",
        words: &[("精密机械", "jm"), ("重工机械", "zg"), ("数控机床", "cnc"), ("液压设备", "yy")],
        places: &["机加工车间", "热处理线", "装配车间", "涂装线"],
        weight: 12,
    },
    Industry {
        value: "new_energy",
        words: &[("新能源", "xny"), ("储能科技", "cn"), ("光伏材料", "gf"), ("动力电池", "dc")],
        places: &["电芯车间", "模组线", "化成车间", "组件产线", "储能柜装配线"],
        weight: 10,
    },
    Industry {
        value: "semiconductor",
        words: &[("半导体", "bdt"), ("微电子", "wdz"), ("晶圆材料", "jy")],
        places: &["封测车间", "洁净室搬运线", "晶圆仓"],
        weight: 5,
    },
    Industry {
        value: "food",
        words: &[("食品", "sp"), ("乳业", "ry"), ("饮料", "yl"), ("调味品", "tw")],
        places: &["灌装线", "码垛工位", "分拣车间", "冷库"],
        weight: 8,
    },
    Industry {
        value: "pharma",
        words: &[("制药", "zy"), ("医疗器械", "ylqx"), ("生物科技", "sw")],
        places: &["制剂车间", "灯检线", "装盒线", "冷链仓"],
        weight: 6,
    },
    Industry {
        value: "chemical",
        words: &[("化工", "hg"), ("新材料", "xcl"), ("涂料", "tl")],
        places: &["反应釜区", "灌区", "包装车间", "防爆区"],
        weight: 6,
    },
    Industry {
        value: "metallurgy",
        words: &[("金属制品", "js"), ("特种钢", "tg"), ("铝业", "ly")],
        places: &["轧制线", "连铸区", "精整线"],
        weight: 4,
    },
    Industry {
        value: "logistics",
        words: &[("物流", "wl"), ("供应链", "gyl"), ("仓储", "cc")],
        places: &["分拨中心", "立体仓库", "退货处理区"],
        weight: 7,
    },
    Industry {
        value: "textile", words: &[("纺织", "fz"), ("服饰", "fs"), ("家纺", "jf")], places: &["织造车间", "裁剪车间", "吊挂线"], weight: 4
    },
    Industry {
        value: "packaging", words: &[("包装", "bz"), ("印刷", "ys"), ("纸业", "zhiye")], places: &["模切线", "糊箱线", "成品仓"], weight: 4
    },
    Industry {
        value: "utilities",
        words: &[("水务", "shuiwu"), ("环保", "hb"), ("热力", "rl")],
        places: &["泵站", "污水处理厂", "加药间", "换热站"],
        weight: 5,
    },
    Industry {
        value: "education", words: &[("职业教育", "edu"), ("实训装备", "sx")], places: &["智能制造实训室", "机器人实验室"], weight: 3
    },
];

/// Made-up brand words with their pinyin.
const BRANDS: [(&str, &str); 64] = [
    ("华锐", "huarui"),
    ("鼎晟", "dingsheng"),
    ("博远", "boyuan"),
    ("凯恒", "kaiheng"),
    ("瑞科", "ruike"),
    ("中泽", "zhongze"),
    ("恒基诺", "hengjinuo"),
    ("天擎", "tianqing"),
    ("嘉禾", "jiahe"),
    ("明盛", "mingsheng"),
    ("宏图", "hongtu"),
    ("盛邦", "shengbang"),
    ("金石", "jinshi"),
    ("联创", "lianchuang"),
    ("众合", "zhonghe"),
    ("启辰", "qichen"),
    ("泰和", "taihe"),
    ("东麓", "donglu"),
    ("永拓", "yongtuo"),
    ("新锐", "xinrui"),
    ("百川", "baichuan"),
    ("云帆", "yunfan"),
    ("晨曜", "chenyao"),
    ("海诺", "hainuo"),
    ("佳润", "jiarun"),
    ("信达成", "xindacheng"),
    ("德盈", "deying"),
    ("三立", "sanli"),
    ("精诚", "jingcheng"),
    ("飞跃达", "feiyueda"),
    ("国辉", "guohui"),
    ("昌隆", "changlong"),
    ("正大元", "zhengdayuan"),
    ("万合", "wanhe"),
    ("科瑞捷", "keruijie"),
    ("智联达", "zhilianda"),
    ("欧普达", "oupuda"),
    ("南风", "nanfeng"),
    ("北辰", "beichen"),
    ("西岭", "xiling"),
    ("长兴源", "changxingyuan"),
    ("广汇通", "guanghuitong"),
    ("和创", "hechuang"),
    ("旭日升", "xurisheng"),
    ("蓝海", "lanhai"),
    ("绿洲", "lvzhou"),
    ("银河湾", "yinhewan"),
    ("铭泰", "mingtai"),
    ("振邦", "zhenbang"),
    ("兴华元", "xinghuayuan"),
    ("力维", "liwei"),
    ("安拓", "antuo"),
    ("聚能", "juneng"),
    ("优越", "youyue"),
    ("尚品", "shangpin"),
    ("卓信", "zhuoxin"),
    ("骏驰", "junchi"),
    ("高德盛", "gaodesheng"),
    ("颐和", "yihe"),
    ("弘毅", "hongyi"),
    ("诚铭", "chengming"),
    ("劲松", "jinsong"),
    ("朗润", "langrun"),
    ("丰泽", "fengze"),
];

/// A company's name in its forms.
pub(crate) struct CompanyName {
    /// Registered name.
    pub(crate) full: String,
    /// As people say it.
    pub(crate) short: String,
    /// Domain of its web site and mail.
    pub(crate) domain: String,
}

/// A company abroad.
pub(crate) struct ForeignCompany {
    /// Registered name.
    pub(crate) name: &'static str,
    /// As people say it.
    pub(crate) short: &'static str,
    /// First part of its domain.
    pub(crate) domain: &'static str,
    /// Two-letter country.
    pub(crate) country: &'static str,
    /// City.
    pub(crate) city: &'static str,
    /// Start of its telephone numbers.
    pub(crate) phone: &'static str,
    /// How many digits follow.
    pub(crate) digits: usize,
    /// Industry value.
    pub(crate) industry: &'static str,
}

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn abroad(
    name: &'static str,
    short: &'static str,
    domain: &'static str,
    country: &'static str,
    city: &'static str,
    phone: &'static str,
    digits: usize,
    industry: &'static str,
) -> ForeignCompany {
    ForeignCompany { name, short, domain, country, city, phone, digits, industry }
}

/// Companies abroad; their telephone numbers are ones kept free for films where the country has such.
pub(crate) const FOREIGN: [ForeignCompany; 30] = [
    abroad("Nordwerk Automation GmbH", "Nordwerk", "nordwerk", "DE", "Hamburg", "+494023125", 3, "machinery"),
    abroad("Rheintal Antriebstechnik GmbH", "Rheintal", "rheintal", "DE", "Köln", "+4922123125", 3, "automotive"),
    abroad("Falkenberg Verpackung AG", "Falkenberg", "falkenberg", "DE", "Berlin", "+493023125", 3, "packaging"),
    abroad("Isarblick Präzision GmbH", "Isarblick", "isarblick", "DE", "München", "+498923125", 3, "machinery"),
    abroad("Weserkamp Lebensmittel GmbH", "Weserkamp", "weserkamp", "DE", "Frankfurt", "+496923125", 3, "food"),
    abroad("Elbhafen Logistik GmbH", "Elbhafen", "elbhafen", "DE", "Hamburg", "+494023126", 3, "logistics"),
    abroad("Harwell Process Controls Ltd", "Harwell", "harwell", "GB", "London", "+4420794600", 2, "chemical"),
    abroad("Brambleton Foods Ltd", "Brambleton", "brambleton", "GB", "London", "+4420794601", 2, "food"),
    abroad("Kestrel Motion Ltd", "Kestrel Motion", "kestrelmotion", "GB", "London", "+4420794602", 2, "machinery"),
    abroad("Tamesis Water Systems Ltd", "Tamesis", "tamesis", "GB", "London", "+4420794603", 2, "utilities"),
    abroad("Ashdown Pharma Packaging Ltd", "Ashdown", "ashdown", "GB", "London", "+4420794604", 2, "pharma"),
    abroad("Penrose Textiles Ltd", "Penrose", "penrose", "GB", "London", "+4420794605", 2, "textile"),
    abroad("Blue Ridge Components Inc.", "Blue Ridge", "blueridge", "US", "Charlotte", "+170455501", 2, "automotive"),
    abroad("Lakeshore Robotics Integrators LLC", "Lakeshore Robotics", "lakeshorerobotics", "US", "Chicago", "+131255501", 2, "machinery"),
    abroad("Cascade Semicon Supply Inc.", "Cascade Semicon", "cascadesemicon", "US", "Portland", "+150355501", 2, "semiconductor"),
    abroad("Prairie Grain Foods Inc.", "Prairie Grain", "prairiegrain", "US", "Minneapolis", "+161255501", 2, "food"),
    abroad("Redstone Battery Works Inc.", "Redstone", "redstone", "US", "Austin", "+151255501", 2, "new_energy"),
    abroad("Old Harbor Fulfillment LLC", "Old Harbor", "oldharbor", "US", "Newark", "+197355501", 2, "logistics"),
    abroad("Summit Valve & Flow Inc.", "Summit Valve", "summitvalve", "US", "Denver", "+130355501", 2, "utilities"),
    abroad("Merlion Precision Pte Ltd", "Merlion Precision", "merlionprecision", "SG", "Singapore", "+6562110", 3, "electronics"),
    abroad("Straits Wafer Services Pte Ltd", "Straits Wafer", "straitswafer", "SG", "Singapore", "+6562111", 3, "semiconductor"),
    abroad("Temasia Cold Chain Pte Ltd", "Temasia", "temasia", "SG", "Singapore", "+6562112", 3, "logistics"),
    abroad("Orchid Biologics Pte Ltd", "Orchid Biologics", "orchidbiologics", "SG", "Singapore", "+6562113", 3, "pharma"),
    abroad("Tuas Marine Automation Pte Ltd", "Tuas Marine", "tuasmarine", "SG", "Singapore", "+6562114", 3, "machinery"),
    abroad("Kallang Circuit Assembly Pte Ltd", "Kallang Circuit", "kallangcircuit", "SG", "Singapore", "+6562115", 3, "electronics"),
    abroad("Southern Cross Packaging Pty Ltd", "Southern Cross", "southerncross", "AU", "Sydney", "+6125550", 4, "packaging"),
    abroad("Yarra Fine Chemicals Pty Ltd", "Yarra", "yarra", "AU", "Melbourne", "+6135550", 4, "chemical"),
    abroad("Coral Coast Beverages Pty Ltd", "Coral Coast", "coralcoast", "AU", "Brisbane", "+6175550", 4, "food"),
    abroad("Wattle Grove Solar Pty Ltd", "Wattle Grove", "wattlegrove", "AU", "Sydney", "+6125551", 4, "new_energy"),
    abroad("Ironbark Metals Pty Ltd", "Ironbark", "ironbark", "AU", "Perth", "+6185550", 4, "metallurgy"),
];

/// Where equipment works abroad, in English.
pub(crate) const FOREIGN_PLACES: [&str; 8] =
    ["palletising cell", "assembly line 2", "packaging hall", "press shop", "goods-in area", "clean room", "bottling line", "test bench"];

/// Draws an industry.
pub(crate) fn industry(random: &mut Random) -> &'static Industry {
    let total = INDUSTRIES.iter().map(|it| it.weight).sum();
    let mut left = random.below(total);
    for it in &INDUSTRIES {
        if left < it.weight {
            return it;
        }
        left -= it.weight;
    }
    &INDUSTRIES[0]
}

/// The industry of a value.
pub(crate) fn industry_of(value: &str) -> &'static Industry {
    INDUSTRIES.iter().find(|it| it.value == value).unwrap_or(&INDUSTRIES[0])
}

/// A company's name not used before.
pub(crate) fn company_name(random: &mut Random, city: &City, industry: &Industry, used: &mut BTreeSet<String>) -> CompanyName {
    loop {
        let (brand, brand_latin) = random.pick(&BRANDS);
        let (word, word_latin) = random.pick(industry.words);
        let form = random.weighted(&[("有限公司", 62), ("股份有限公司", 16), ("科技有限公司", 12), ("集团有限公司", 6), ("（集团）股份有限公司", 4)]);
        let form = if form == "科技有限公司" && word.ends_with("科技") { "有限公司" } else { form };
        let short = format!("{brand}{word}");
        let domain = format!("{brand_latin}-{word_latin}");
        if used.insert(short.clone()) && used.insert(domain.clone()) {
            return CompanyName { full: format!("{}{brand}{word}{form}", city.short), short, domain: format!("{domain}.example") };
        }
    }
}

/// A unified social credit code (GB 32100) with right check characters, for the `number`-th company of a place.
pub(crate) fn credit_code(place: u32, number: usize) -> String {
    let organisation = format!("MA{:06}", 100_000 + number);
    let digits = organisation.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(it, weight)| it.to_digit(36).unwrap_or(0) * weight);
    let organisation_check = match (11 - digits.sum::<u32>() % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    let body = format!("91{place:06}{organisation}{organisation_check}");
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let sum: usize = body.chars().zip(WEIGHTS).map(|(it, weight)| ALPHABET.find(it).unwrap_or(0) * weight).sum();
    let check = ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0');
    format!("{body}{check}")
}

#[cfg(test)]
mod tests {
    use super::credit_code;

    #[test]
    fn a_credit_code_has_eighteen_characters_and_a_right_check_sum() {
        let code = credit_code(310_115, 7);
        assert_eq!(code.len(), 18);
        let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        // The rule of GB 32100: the weighted sum with the check character (weight 1 at the end) divides by 31.
        let mut weight = 1;
        let mut sum = 0;
        for character in code.chars().take(17) {
            sum += alphabet.find(character).unwrap() * weight;
            weight = weight * 3 % 31;
        }
        assert_eq!((sum + alphabet.find(code.chars().last().unwrap()).unwrap()) % 31, 0);
    }
}

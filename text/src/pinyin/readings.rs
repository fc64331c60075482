//! Readings that differ from a character's usual one: in surnames, place names and the words of company names.

const COMPOUND_SURNAMES: [(&str, &str); 12] = [
    ("尉迟", "yu chi"),
    ("长孙", "zhang sun"),
    ("单于", "chan yu"),
    ("万俟", "mo qi"),
    ("澹台", "tan tai"),
    ("令狐", "ling hu"),
    ("宰父", "zai fu"),
    ("亓官", "qi guan"),
    ("夏侯", "xia hou"),
    ("皇甫", "huang fu"),
    ("濮阳", "pu yang"),
    ("赫连", "he lian"),
];

const SURNAMES: [(char, &str); 48] = [
    ('单', "shan"),
    ('單', "shan"),
    ('曾', "zeng"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('區', "ou"),
    ('查', "zha"),
    ('任', "ren"),
    ('华', "hua"),
    ('朴', "piao"),
    ('盖', "ge"),
    ('尉', "wei"),
    ('员', "yun"),
    ('缪', "miao"),
    ('繆', "miao"),
    ('宓', "mi"),
    ('费', "fei"),
    ('翟', "zhai"),
    ('覃', "qin"),
    ('冼', "xian"),
    ('逄', "pang"),
    ('谌', "chen"),
    ('折', "she"),
    ('黑', "he"),
    ('种', "chong"),
    ('秘', "bi"),
    ('祭', "zhai"),
    ('乜', "nie"),
    ('句', "gou"),
    ('晟', "cheng"),
    ('洗', "xian"),
    ('召', "shao"),
    ('燕', "yan"),
    ('牟', "mu"),
    ('乐', "yue"),
    ('幺', "yao"),
    ('卜', "bu"),
    ('令', "ling"),
    ('纪', "ji"),
    ('宁', "ning"),
    ('石', "shi"),
    ('车', "che"),
    ('沈', "shen"),
    ('万', "wan"),
    ('贾', "jia"),
    ('葛', "ge"),
    ('娄', "lou"),
];

const PHRASES: [(&str, &str); 84] = [
    ("银行", "yin hang"),
    ("行业", "hang ye"),
    ("支行", "zhi hang"),
    ("分行", "fen hang"),
    ("商行", "shang hang"),
    ("车行", "che hang"),
    ("总行", "zong hang"),
    ("央行", "yang hang"),
    ("农行", "nong hang"),
    ("工行", "gong hang"),
    ("建行", "jian hang"),
    ("招行", "zhao hang"),
    ("重庆", "chong qing"),
    ("重新", "chong xin"),
    ("长沙", "chang sha"),
    ("长春", "chang chun"),
    ("长江", "chang jiang"),
    ("长城", "chang cheng"),
    ("长安", "chang an"),
    ("长虹", "chang hong"),
    ("长治", "chang zhi"),
    ("长宁", "chang ning"),
    ("长兴", "chang xing"),
    ("长远", "chang yuan"),
    ("长葛", "chang ge"),
    ("长乐", "chang le"),
    ("校长", "xiao zhang"),
    ("成长", "cheng zhang"),
    ("增长", "zeng zhang"),
    ("厦门", "xia men"),
    ("大厦", "da sha"),
    ("广厦", "guang sha"),
    ("成都", "cheng du"),
    ("首都", "shou du"),
    ("都市", "du shi"),
    ("朝阳", "chao yang"),
    ("番禺", "pan yu"),
    ("六安", "lu an"),
    ("蚌埠", "beng bu"),
    ("台州", "tai zhou"),
    ("丽水", "li shui"),
    ("亳州", "bo zhou"),
    ("莆田", "pu tian"),
    ("洪洞", "hong tong"),
    ("乐亭", "lao ting"),
    ("乐清", "yue qing"),
    ("乐山", "le shan"),
    ("音乐", "yin yue"),
    ("乐器", "yue qi"),
    ("东阿", "dong e"),
    ("浚县", "xun xian"),
    ("泌阳", "bi yang"),
    ("涡阳", "guo yang"),
    ("蔚县", "yu xian"),
    ("尉犁", "yu li"),
    ("百色", "bai se"),
    ("任丘", "ren qiu"),
    ("荥阳", "xing yang"),
    ("铅山", "yan shan"),
    ("会计", "kuai ji"),
    ("会稽", "kuai ji"),
    ("单县", "shan xian"),
    ("吐蕃", "tu bo"),
    ("大夫", "dai fu"),
    ("阿房", "e pang"),
    ("中藏", "zhong cang"),
    ("西藏", "xi zang"),
    ("宝藏", "bao zang"),
    ("地藏", "di zang"),
    ("调查", "diao cha"),
    ("调研", "diao yan"),
    ("传记", "zhuan ji"),
    ("传奇", "chuan qi"),
    ("传媒", "chuan mei"),
    ("还原", "huan yuan"),
    ("曲阜", "qu fu"),
    ("便宜", "pian yi"),
    ("燕山", "yan shan"),
    ("朝鲜", "chao xian"),
    ("牟平", "mu ping"),
    ("解州", "xie zhou"),
    ("单位", "dan wei"),
    ("大都会", "da du hui"),
    ("参茸", "shen rong"),
];

/// The surname reading at the start of a name: how many characters it takes, and their syllables.
pub(super) fn surname(characters: &[char]) -> Option<(usize, &'static str)> {
    longest(&COMPOUND_SURNAMES, characters).or_else(|| {
        let first = characters.first()?;
        SURNAMES.iter().find(|(surname, _)| surname == first).map(|(_, reading)| (1, *reading))
    })
}

/// The word at the start of the characters whose reading is not that of its single characters.
pub(super) fn phrase(characters: &[char]) -> Option<(usize, &'static str)> {
    longest(&PHRASES, characters)
}

fn longest(table: &'static [(&str, &str)], characters: &[char]) -> Option<(usize, &'static str)> {
    let matches = |word: &str| {
        let mut length = 0;
        for (index, expected) in word.chars().enumerate() {
            if characters.get(index) != Some(&expected) {
                return None;
            }
            length = index + 1;
        }
        Some(length)
    };
    table.iter().filter_map(|(word, reading)| Some((matches(word)?, *reading))).max_by_key(|(length, _)| *length)
}

//! Cities where customers sit.

use serde_json::{Value, json};

use crate::random::Random;
use crate::staff::Region;

/// A city and what is needed to write a believable address there.
pub(crate) struct City {
    /// Region of the sales force.
    pub(crate) region: Region,
    province: &'static str,
    city: &'static str,
    /// Name as it begins a company's name.
    pub(crate) short: &'static str,
    districts: &'static [&'static str],
    /// Area code without the leading zero.
    pub(crate) area_code: &'static str,
    postcode: u32,
    /// Administrative code, as in a company's registration.
    pub(crate) code: u32,
    lat: f64,
    lng: f64,
    /// How many customers sit there, compared with the others.
    pub(crate) weight: usize,
}

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn city(
    region: Region,
    province: &'static str,
    city: &'static str,
    short: &'static str,
    districts: &'static [&'static str],
    area_code: &'static str,
    postcode: u32,
    code: u32,
    lat: f64,
    lng: f64,
    weight: usize,
) -> City {
    City { region, province, city, short, districts, area_code, postcode, code, lat, lng, weight }
}

/// The cities, by region.
pub(crate) const CITIES: [City; 28] = [
    city(Region::East1, "上海市", "上海市", "上海", &["浦东新区", "嘉定区", "松江区", "闵行区", "青浦区"], "21", 201_200, 310_115, 31.22, 121.54, 9),
    city(Region::East1, "江苏省", "苏州市", "苏州", &["吴中区", "虎丘区", "相城区", "昆山市", "吴江区"], "512", 215_100, 320_506, 31.27, 120.63, 9),
    city(Region::East1, "江苏省", "无锡市", "无锡", &["新吴区", "惠山区", "江阴市"], "510", 214_100, 320_214, 31.55, 120.36, 6),
    city(Region::East1, "江苏省", "南京市", "南京", &["江宁区", "浦口区", "六合区"], "25", 211_100, 320_115, 31.95, 118.84, 4),
    city(Region::East1, "江苏省", "常州市", "常州", &["武进区", "新北区"], "519", 213_100, 320_412, 31.72, 119.94, 4),
    city(Region::East2, "浙江省", "杭州市", "杭州", &["萧山区", "滨江区", "临平区"], "571", 311_200, 330_109, 30.18, 120.26, 6),
    city(Region::East2, "浙江省", "宁波市", "宁波", &["北仑区", "鄞州区", "慈溪市"], "574", 315_800, 330_206, 29.90, 121.84, 6),
    city(Region::East2, "浙江省", "温州市", "温州", &["龙湾区", "乐清市"], "577", 325_000, 330_303, 27.93, 120.81, 3),
    city(Region::East2, "安徽省", "合肥市", "合肥", &["经济技术开发区", "高新区", "肥西县"], "551", 230_600, 340_111, 31.77, 117.22, 4),
    city(Region::East2, "山东省", "青岛市", "青岛", &["黄岛区", "城阳区", "胶州市"], "532", 266_500, 370_211, 35.96, 120.17, 5),
    city(Region::East2, "山东省", "济南市", "济南", &["历城区", "高新区"], "531", 250_100, 370_112, 36.68, 117.07, 3),
    city(Region::East2, "山东省", "烟台市", "烟台", &["福山区", "开发区"], "535", 265_500, 370_611, 37.50, 121.26, 2),
    city(Region::South, "广东省", "深圳市", "深圳", &["宝安区", "龙华区", "光明区", "坪山区"], "755", 518_100, 440_306, 22.55, 113.88, 8),
    city(Region::South, "广东省", "东莞市", "东莞", &["长安镇", "松山湖", "寮步镇"], "769", 523_800, 441_900, 22.81, 113.81, 7),
    city(Region::South, "广东省", "广州市", "广州", &["黄埔区", "番禺区", "花都区"], "20", 510_700, 440_112, 23.11, 113.46, 6),
    city(Region::South, "广东省", "佛山市", "佛山", &["顺德区", "南海区"], "757", 528_300, 440_606, 22.81, 113.29, 6),
    city(Region::South, "湖南省", "长沙市", "长沙", &["岳麓区", "长沙县"], "731", 410_100, 430_121, 28.25, 113.08, 3),
    city(Region::South, "湖北省", "武汉市", "武汉", &["东湖高新区", "蔡甸区", "江夏区"], "27", 430_200, 420_115, 30.38, 114.31, 5),
    city(Region::South, "四川省", "成都市", "成都", &["双流区", "郫都区", "龙泉驿区"], "28", 610_200, 510_116, 30.57, 103.92, 4),
    city(Region::South, "重庆市", "重庆市", "重庆", &["渝北区", "璧山区", "两江新区"], "23", 401_100, 500_112, 29.72, 106.63, 4),
    city(Region::North, "北京市", "北京市", "北京", &["大兴区", "顺义区", "昌平区"], "10", 102_600, 110_115, 39.73, 116.34, 6),
    city(Region::North, "天津市", "天津市", "天津", &["滨海新区", "西青区", "武清区"], "22", 300_450, 120_116, 39.00, 117.71, 5),
    city(Region::North, "河北省", "石家庄市", "石家庄", &["裕华区", "高新区"], "311", 50_000, 130_108, 38.01, 114.53, 3),
    city(Region::North, "河南省", "郑州市", "郑州", &["中牟县", "经济技术开发区"], "371", 450_000, 410_122, 34.72, 113.98, 4),
    city(Region::North, "陕西省", "西安市", "西安", &["雁塔区", "长安区", "高新区"], "29", 710_100, 610_116, 34.16, 108.94, 4),
    city(Region::North, "辽宁省", "沈阳市", "沈阳", &["铁西区", "浑南区"], "24", 110_100, 210_106, 41.80, 123.38, 4),
    city(Region::North, "辽宁省", "大连市", "大连", &["金州区", "甘井子区"], "411", 116_100, 210_213, 39.05, 121.78, 3),
    city(Region::North, "吉林省", "长春市", "长春", &["绿园区", "经济技术开发区"], "431", 130_000, 220_106, 43.88, 125.26, 3),
];

const STREETS: [&str; 28] = [
    "创新路",
    "科技大道",
    "工业园一路",
    "兴业路",
    "星火路",
    "长江路",
    "黄河路",
    "建设路",
    "振兴路",
    "学府路",
    "东环路",
    "迎宾大道",
    "金桥路",
    "华兴路",
    "联合路",
    "新港路",
    "锦绣路",
    "宏图路",
    "春晖路",
    "明珠路",
    "和平路",
    "人民路",
    "解放路",
    "光明大道",
    "凤凰路",
    "紫荆路",
    "望江路",
    "泰山路",
];

/// A street with a number, at times with a building.
fn street(random: &mut Random) -> String {
    let name = random.pick(&STREETS);
    let number = random.between(1, 999);
    match random.below(4) {
        0 => format!("{name}{number}号{}号楼", random.between(1, 12)),
        1 => format!("{name}{number}号{}厂房", random.pick(&["A区", "B区", "3号", "5号", "二期"])),
        _ => format!("{name}{number}号"),
    }
}

impl City {
    /// An address somewhere in the city.
    pub(crate) fn address(&self, random: &mut Random) -> Value {
        let district = random.pick(self.districts);
        let postcode = format!("{:06}", self.postcode + random.below(60) as u32);
        json!({ "country": "CN", "province": self.province, "city": self.city, "district": district, "street": street(random), "postcode": postcode })
    }

    /// A point within some ten kilometres.
    pub(crate) fn point(&self, random: &mut Random) -> Value {
        let mut near = |centre: f64| ((centre + random.between(-900, 900) as f64 / 10_000.0) * 1e6).round() / 1e6;
        json!({ "lat": near(self.lat), "lng": near(self.lng) })
    }
}

use super::*;

fn shown(line: &str) -> String {
    let address = parse_line(line);
    [address.province, address.city, address.district, address.street, address.postcode].join("|")
}

#[test]
fn full_addresses() {
    for (line, parts) in [
        ("广东省深圳市南山区科技园南路1号", "广东省|深圳市|南山区|科技园南路1号|"),
        ("上海市浦东新区世纪大道100号", "上海市|上海市|浦东新区|世纪大道100号|"),
        ("上海市上海市浦东新区世纪大道100号", "上海市|上海市|浦东新区|世纪大道100号|"),
        ("北京市市辖区朝阳区建国路88号", "北京市|北京市|朝阳区|建国路88号|"),
        ("内蒙古自治区呼和浩特市新城区成吉思汗大街", "内蒙古自治区|呼和浩特市|新城区|成吉思汗大街|"),
        ("中国 江苏省 苏州市 昆山市 前进中路 215300", "江苏省|苏州市|昆山市|前进中路|215300"),
        ("518057 广东省深圳市南山区科技园", "广东省|深圳市|南山区|科技园|518057"),
        ("广东省深圳市南山区科技园(邮编:518057)", "广东省|深圳市|南山区|科技园|518057"),
        ("湖北省仙桃市沔阳大道1号", "湖北省|仙桃市||沔阳大道1号|"),
        ("吉林省延边朝鲜族自治州延吉市", "吉林省|延边朝鲜族自治州|延吉市||"),
        ("香港特别行政区九龙油尖旺区弥敦道", "香港特别行政区|九龙|油尖旺区|弥敦道|"),
        ("重庆市万州区高笋塘", "重庆市|重庆市|万州区|高笋塘|"),
    ] {
        assert_eq!(shown(line), parts, "{line}");
    }
}

#[test]
fn short_names_and_missing_levels() {
    for (line, parts) in [
        ("上海浦东新区世纪大道100号", "上海市|上海市|浦东新区|世纪大道100号|"),
        ("上海浦东世纪大道100号", "上海市|上海市|浦东新区|世纪大道100号|"),
        ("广东深圳南山科技园", "广东省|深圳市|南山区|科技园|"),
        ("内蒙古包头昆都仑区", "内蒙古自治区|包头市|昆都仑区||"),
        ("广西南宁青秀区民族大道", "广西壮族自治区|南宁市|青秀区|民族大道|"),
        ("深圳市南山区", "广东省|深圳市|南山区||"),
        ("昆山市前进中路", "江苏省|苏州市|昆山市|前进中路|"),
        ("吉林市船营区", "吉林省|吉林市|船营区||"),
        ("吉林长春朝阳区", "吉林省|长春市|朝阳区||"),
        ("海南藏族自治州共和县", "青海省|海南藏族自治州|共和县||"),
        ("浙江省西湖区文三路", "浙江省|杭州市|西湖区|文三路|"),
        ("上海", "上海市|上海市|||"),
        ("新疆伊犁", "新疆维吾尔自治区|伊犁哈萨克自治州|||"),
    ] {
        assert_eq!(shown(line), parts, "{line}");
    }
}

#[test]
fn what_is_ambiguous_is_not_guessed() {
    // 鼓楼区 exists in four cities.
    assert_eq!(shown("鼓楼区中山路1号"), "||鼓楼区|中山路1号|");
    assert_eq!(parse_line("鼓楼区中山路1号").division_code, "");
    assert_eq!(shown("南京市鼓楼区中山路1号"), "江苏省|南京市|鼓楼区|中山路1号|");
    assert_eq!(parse_line("福州鼓楼区").division_code, "350102");
    // Streets named after cities are streets.
    assert_eq!(shown("南京东路100号"), "|||南京东路100号|");
    assert_eq!(shown("上海市黄浦区南京东路100号"), "上海市|上海市|黄浦区|南京东路100号|");
    assert_eq!(shown("北京路1号"), "|||北京路1号|");
}

#[test]
fn foreign_and_odd_lines_are_kept() {
    assert_eq!(shown("8128 S. DR MARTIN LUTHER KING JR Drive"), "|||8128 S. DR MARTIN LUTHER KING JR Drive|");
    assert_eq!(shown(""), "||||");
    assert_eq!(shown("三楼右手边"), "|||三楼右手边|");
    assert!(parse_line(&"街".repeat(1_000_000)).street.len() > 2_000_000);
}

#[test]
fn parts_are_completed() {
    let address = complete(Address { city: "深圳".into(), district: "南山".into(), street: "科技园".into(), ..Address::default() });
    assert_eq!((address.province.as_str(), address.city.as_str(), address.district.as_str()), ("广东省", "深圳市", "南山区"));
    assert_eq!((address.division_code.as_str(), address.country.as_str()), ("440305", "CN"));
    let county_city = complete(Address { province: "江苏".into(), city: "昆山".into(), ..Address::default() });
    assert_eq!((county_city.city.as_str(), county_city.district.as_str()), ("苏州市", "昆山市"));
    let municipality = complete(Address { province: "上海".into(), ..Address::default() });
    assert_eq!(municipality.city, "上海市");
    let foreign = complete(Address { country: "US".into(), province: "CA".into(), city: "San Jose".into(), ..Address::default() });
    assert_eq!((foreign.country.as_str(), foreign.city.as_str(), foreign.division_code.as_str()), ("US", "San Jose", ""));
    let unknown_district = complete(Address { district: "鼓楼区".into(), ..Address::default() });
    assert_eq!((unknown_district.city.as_str(), unknown_district.district.as_str()), ("", "鼓楼区"));
}

#[test]
fn every_division_is_read_back() {
    let mut wrong = Vec::new();
    for province in divisions::provinces() {
        for city in divisions::cities(province.code) {
            let districts = divisions::districts(city.code);
            let nothing = [Division { code: city.code, name: "" }];
            for district in if districts.is_empty() { &nothing } else { districts } {
                let line = format!("{}{}{}中山路1号", province.name, city.name, district.name);
                let address = parse_line(&line);
                if address.division_code != district.code || address.street != "中山路1号" {
                    wrong.push(format!("{line}: {address:?}"));
                }
                assert_eq!(parse_line(&address.one_line()).division_code, address.division_code, "{line}");
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong, such as {}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
}

proptest::proptest! {
    #[test]
    fn nothing_is_dropped(line in "[上海北京市浦东新区朝阳县省路1号 ,a]{0,20}|.{0,40}") {
        let address = parse_line(&line);
        let kept: String = address.one_line();
        for character in address.street.chars() {
            proptest::prop_assert!(kept.contains(character));
        }
        proptest::prop_assert_eq!(complete(address.clone()).division_code, address.division_code);
    }
}

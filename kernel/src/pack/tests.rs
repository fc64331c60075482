use super::{BrokenPack, PackChange, PackDefinition, PackFile, PackPart, PackVerb, difference, read_pack, version_numbers};

const MANIFEST: &str = "name = \"farm\"\nversion = \"1.0.0\"\nlabel = { zh-CN = \"农场\", en = \"Farm\" }\n\
                        help = { zh-CN = \"管田地。\", en = \"Keeps fields.\" }\nobjects = [\"farm_plot\"]\nneeds = [\"account\"]\n";
const PLOT: &str = "name = \"farm_plot\"\nlabel = { zh-CN = \"地块\", en = \"Plot\" }\ntitle_field = \"name\"\n\
                    [[field]]\nname = \"name\"\ntype = \"text\"\nlabel = { zh-CN = \"名称\", en = \"Name\" }\n";
const ACCOUNT: &str = "[[field]]\nname = \"farm_size\"\ntype = \"number\"\nlabel = { zh-CN = \"面积\", en = \"Size\" }\n";
const ROLE: &str = "name = \"farm_hand\"\nlabel = { zh-CN = \"帮工\", en = \"Hand\" }\n[objects.farm_plot]\nread = \"all\"\n";
const GRANT: &str = "[objects.farm_plot]\nread = \"all\"\n";

const FILES: [(&str, &str); 5] = [
    ("pack.toml", MANIFEST),
    ("objects/farm_plot/object.toml", PLOT),
    ("extends/account.toml", ACCOUNT),
    ("roles/farm_hand.toml", ROLE),
    ("grants/sales.toml", GRANT),
];

/// The farm's files with one of them another, or one more.
fn read(path: &str, text: &str) -> Result<PackDefinition, Box<BrokenPack>> {
    let file = |(path, text): (&str, &str)| PackFile { path: path.to_owned(), text: text.to_owned() };
    let mut files: Vec<PackFile> = FILES.into_iter().filter(|it| it.0 != path).map(file).collect();
    if !text.is_empty() {
        files.push(file((path, text)));
    }
    read_pack("farm", &files)
}

fn whole() -> PackDefinition {
    read("README.md", "# Farm").unwrap()
}

#[test]
fn a_folder_becomes_a_pack_with_everything_in_it() {
    let pack = whole();
    assert_eq!((pack.name(), pack.version(), pack.manifest.order), ("farm", "1.0.0", 100));
    assert_eq!((pack.objects.len(), pack.extensions[0].object.as_str(), pack.roles.len()), (1, "account", 1));
    assert_eq!(pack.grants["sales"].objects.keys().collect::<Vec<_>>(), ["farm_plot"]);
    assert_eq!(pack.needed().into_iter().collect::<Vec<_>>(), ["account"]);
    let stored: PackDefinition = serde_json::from_value(serde_json::to_value(&pack).unwrap()).unwrap();
    assert_eq!(stored, pack, "a workspace keeps it whole");
}

#[test]
fn what_is_wrong_is_told_by_file_and_key_in_both_languages() {
    let named = |text: &str| MANIFEST.replace("\"farm\"", text);
    let cases: [(&str, String, &str, &str); 17] = [
        ("pack.toml", String::new(), "", "missing"),
        ("pack.toml", "name = 1\n".into(), "name", "line 1"),
        ("pack.toml", format!("{MANIFEST}colour = \"red\"\n"), "colour", "unknown field"),
        ("pack.toml", named("\"Farm\""), "name", "lower-case"),
        ("pack.toml", named("\"custom\""), "name", "none of custom"),
        ("pack.toml", named("\"barn\""), "name", "folder"),
        ("pack.toml", MANIFEST.replace("1.0.0", "1.0"), "version", "three numbers"),
        ("pack.toml", MANIFEST.replace("farm_plot", "farm_barn"), "objects", "farm_barn"),
        ("pack.toml", MANIFEST.replace("en = \"Farm\"", "en = \" \""), "label", "en"),
        ("objects/farm_plot/object.toml", PLOT.replace("farm_plot", "farm_barn"), "name", "farm_plot"),
        ("objects/plot/object.toml", PLOT.replace("farm_plot", "plot"), "name", "begin with `farm_`"),
        ("objects/farm_plot/object.toml", PLOT.replace("名称", ""), "field[name].label", "zh-CN"),
        ("extends/account.toml", ACCOUNT.replace("farm_size", "size"), "field", "begin with `farm_`"),
        ("grants/sales.toml", GRANT.replace("farm_plot", "account"), "objects.account", "no object of the pack"),
        ("grants/sales.toml", format!("{GRANT}[fields.account]\nname = \"hidden\"\n"), "fields.account.name", "no field the pack adds"),
        ("roles/farm_hand.toml", format!("administrator = true\n{ROLE}"), "administrator", "neither administers"),
        ("object/farm_plot.toml", PLOT.into(), "", "no such file"),
    ];
    for (path, text, key, reason) in cases {
        let broken = read(path, &text).unwrap_err();
        assert_eq!((broken.folder.as_str(), broken.file.as_str(), broken.key.as_str()), ("farm", path, key), "{broken:?}");
        assert!(broken.reason.en.contains(reason) && !broken.reason.zh_cn.is_empty(), "{broken:?}");
    }
}

#[test]
fn what_comes_and_goes_is_told_part_by_part() {
    let (none, first) = (None, whole());
    let told =
        |changes: Vec<PackChange>| -> Vec<(PackVerb, PackPart, String)> { changes.into_iter().map(|it| (it.verb, it.part, it.name)).collect() };
    let add = |part, name: &str| (PackVerb::Add, part, name.to_owned());
    let all =
        [add(PackPart::Object, "farm_plot"), add(PackPart::Field, "farm_size"), add(PackPart::Role, "farm_hand"), add(PackPart::Grant, "sales")];
    assert_eq!(told(difference(none, Some(&first))), all, "the fields of a new object come with it");
    let mut second = first.clone();
    second.objects[0].fields[0].help = Some(crate::schema::Label::new("名", "its name"));
    second.extensions[0].fields.clear();
    let changes = told(difference(Some(&first), Some(&second)));
    assert_eq!(changes, [(PackVerb::Remove, PackPart::Field, "farm_size".into()), (PackVerb::Change, PackPart::Field, "name".into())]);
    assert_eq!(
        super::removed(Some(&first), None).into_iter().collect::<Vec<_>>(),
        [("account".into(), Some("farm_size".into())), ("farm_plot".into(), None)]
    );
    assert_eq!(difference(Some(&first), Some(&first)), []);
}

#[test]
fn versions_are_three_numbers() {
    assert_eq!((version_numbers("1.12.3"), version_numbers("0.0.0")), (Some([1, 12, 3]), Some([0, 0, 0])));
    assert!(["", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.+3", "1..3", "12345.0.0"].iter().all(|it| version_numbers(it).is_none()));
    assert!(version_numbers("1.10.0") > version_numbers("1.9.9"));
}

//! Search under a member's rights: how long the slowest of a hundred takes, and how large the index is beside the text.

use std::time::{Duration, Instant};

use guanxi_kernel::search::{is_searchable, search};
use guanxi_kernel::store::{Condition, Select, StoreExt as _};

use crate::direct;
use crate::report::{Report, short};
use crate::setup::{Bench, Kind};

/// Searches of each kind.
const TURNS: usize = 300;
/// Slowest a search may be but for one of a hundred.
const WANTED: Duration = Duration::from_millis(50);
/// What the index may take beside the text.
const MOST_OF_TEXT: f64 = 1.5;

/// What is asked for, by the number of the asking.
type Asked = Box<dyn Fn(usize) -> String>;

/// What is typed, a little different each time.
fn queries() -> [(&'static str, Asked); 8] {
    let names = ["王伟", "李芳", "张磊", "刘洋", "陈静", "杨杰", "赵娜", "黄强"];
    let begun = ["wangw", "lif", "zhangl", "liuy", "chenj", "shanghaizhi", "beijingjid", "hangz"];
    let typos = ["wnagwei", "zhnaglei", "shnaghai", "huagnqiang", "chenjign", "hagnzhou", "shenzehn", "beijnig"];
    let wrong = ["上海智能社备", "北京机店", "深圳自动划", "广州精蜜机械", "杭州新才料", "苏州电字", "成都传赶技术", "武汉能原科技"];
    [
        ("the beginning of a word in pinyin", Box::new(move |it| begun[it % 8].to_owned())),
        ("a name of two characters", Box::new(move |it| names[it % 8].to_owned())),
        ("four digits out of a phone number", Box::new(|it| format!("{:04}", it * 37 % 10_000))),
        ("eight digits of a phone number", Box::new(|it| format!("{:08}", it * 37 % 10_000))),
        ("several words", Box::new(move |it| format!("{} 经理", names[it % 8]))),
        ("a company's name and its city", Box::new(|it| format!("{} 上海", ["智能设备", "机电", "电子", "新材料"][it % 4]))),
        ("Latin letters with an error", Box::new(move |it| typos[it % 8].to_owned())),
        ("a Chinese name with an error", Box::new(move |it| wrong[it % 8].to_owned())),
    ]
}

/// Measures.
pub fn run(bench: &Bench, kind: Kind, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
    guanxi_kernel::search::index_all(&bench.system())?;
    let contexts = bench.owners(100)?;
    for (name, query) in queries() {
        let mut times = Vec::with_capacity(TURNS);
        let mut found = 0;
        for turn in 0..TURNS {
            let (context, words) = (&contexts[turn * 31 % contexts.len()], query(turn));
            let began = Instant::now();
            let (hits, _) = context.workspace.store.read_with(|tx| search(context, tx, &words, None, 8))?;
            times.push(began.elapsed());
            found += hits.len();
        }
        times.sort_unstable();
        let (middle, slow) = (times[TURNS / 2], times[TURNS * 99 / 100]);
        let figure = format!("median {}, p99 {}; {:.1} found", short(middle), short(slow), found as f64 / TURNS as f64);
        report.figure(bench.size, &format!("search as a rep: {name}"), figure, "p99 <= 50 ms", slow <= WANTED);
    }
    let (index, known, text) = (index_bytes(bench, kind, "gx_words")?, index_bytes(bench, kind, "gx_known_word")?, text_bytes(bench)?);
    let share = (index + known) as f64 / text as f64;
    let figure = format!("{share:.2} ({} MB and {} MB of known words for {} MB of text)", index >> 20, known >> 20, text >> 20);
    report.figure(bench.size, "index beside the text it is of", figure, "<= 1.5", share <= MOST_OF_TEXT);
    Ok(())
}

/// Bytes of the texts that are searched.
fn text_bytes(bench: &Bench) -> Result<u64, Box<dyn std::error::Error>> {
    let system = bench.system();
    let mut bytes = 0;
    for object in system.schema.objects.values().filter(|it| is_searchable(it)) {
        let fields: Vec<_> = object.fields.iter().filter(|it| it.definition.searchable || it.name() == object.definition.title_field).collect();
        system.workspace.store.read_with(|tx| {
            tx.select(&Select::all(&object.table, Condition::True), &mut |row| {
                bytes += fields.iter().filter_map(|it| it.kind().text(&it.definition, &it.cells(row))).map(|it| it.len() as u64).sum::<u64>();
                std::ops::ControlFlow::Continue(())
            })?;
            Ok(())
        })?;
    }
    Ok(bytes)
}

/// Bytes of what belongs to a table, its indexes too.
fn index_bytes(bench: &Bench, kind: Kind, name: &str) -> Result<u64, Box<dyn std::error::Error>> {
    match (&bench.postgres, kind) {
        (Some(options), _) => {
            let client = direct::connect(bench.runtime(), options)?;
            let sql = format!("SELECT pg_total_relation_size('{name}')");
            let row = bench.runtime().block_on(client.query_one(&sql, &[]))?;
            Ok(u64::try_from(row.try_get::<_, i64>(0)?)?)
        }
        (None, _) => {
            let connection = direct::open_sqlite(&bench.data);
            // The pages of FTS5 are rows of a table; what is not in them is small.
            let sql = match name {
                "gx_words" => {
                    "SELECT (SELECT COALESCE(SUM(LENGTH(block) + 12), 0) FROM gx_words_data) + (SELECT COUNT(*) * 64 FROM gx_word_keys)".to_owned()
                }
                other => format!("SELECT COALESCE(SUM((LENGTH(word) + LENGTH(object)) * 2 + 16), 0) FROM {other}"),
            };
            Ok(u64::try_from(connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?)?)
        }
    }
}

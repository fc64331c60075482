//! Tags of the links by which leads of the campaigns on the web came, on the lead and on what was sent with the form.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::random::Random;
use crate::record::DemoRecord;

/// What the links of a campaign say.
struct Link {
    campaign: &'static str,
    tag: &'static str,
    source: &'static str,
    medium: &'static str,
    /// Words searched for.
    terms: &'static [&'static str],
    /// The page before.
    referrer: &'static str,
}

const LINKS: [Link; 3] = [
    Link {
        campaign: "campaign:video",
        tag: "case_videos",
        source: "wechat",
        medium: "social",
        terms: &[],
        referrer: "https://mp.weixin.example/s/xinghe-cases",
    },
    Link { campaign: "campaign:mail", tag: "cs2_news", source: "newsletter", medium: "email", terms: &[], referrer: "" },
    Link {
        campaign: "campaign:ads",
        tag: "arm_search",
        source: "baidu",
        medium: "cpc",
        terms: &["机械臂 上下料", "桁架机械手 报价", "数控车床 自动上料"],
        referrer: "https://www.baidu.example/",
    },
];
/// Of a hundred leads of such a campaign so many came by its link; others called, or were met.
const BY_LINK: usize = 75;

/// The tag of a campaign.
pub(super) fn tag_of(campaign: &str) -> Option<&'static str> {
    LINKS.iter().find(|it| it.campaign == campaign).map(|it| it.tag)
}

/// Puts the links on leads that name their campaign, and on what was sent with them.
pub(super) fn mark(seed: u64, records: &mut [DemoRecord]) {
    let mut random = Random::new(seed, "links");
    let mut by_lead: BTreeMap<String, Vec<(&'static str, Value)>> = BTreeMap::new();
    for lead in records.iter_mut().filter(|it| it.object == "lead") {
        let Some(campaign) = lead.values.get("campaign").and_then(|it| it["$ref"].as_str()) else { continue };
        let Some(link) = LINKS.iter().find(|it| it.campaign == campaign).filter(|_| random.chance(BY_LINK)) else { continue };
        let mut said = vec![("utm_source", json!(link.source)), ("utm_medium", json!(link.medium)), ("utm_campaign", json!(link.tag))];
        if !link.terms.is_empty() {
            said.push(("utm_term", json!(random.pick(link.terms))));
        }
        if !link.referrer.is_empty() {
            said.push(("referrer", json!(link.referrer)));
        }
        lead.values.extend(said.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        by_lead.insert(lead.key.clone(), said);
    }
    for sent in records.iter_mut().filter(|it| it.object == "web_form_submission") {
        let lead = sent.values.get("lead").and_then(|it| it["$ref"].as_str()).unwrap_or_default();
        if let Some(said) = by_lead.get(lead) {
            sent.values.extend(said.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        }
    }
}

//! Who meets whom: presence as the hub's thread tells it, to those alone who may see what they meet at.

use std::sync::Arc;
use std::time::Instant;

use guanxi_kernel::Result;
use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::readable_ids;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use uuid::Uuid;

use super::presence::{Being, Report, Spot};
use super::protocol::{Out, PresentAt, PresentMember, ToClient};
use super::room::Room;
use crate::http::Titles;

impl Room {
    /// Takes in where a listener says he is: where he may not see what is there, he is not.
    pub(super) fn present(&mut self, workspace: &Arc<Workspace>, id: u64, at: Vec<PresentAt>) {
        if !matches!(self.is_sure_of(workspace, id), Ok(true)) {
            return;
        }
        let Some(watcher) = self.watchers.get(&id) else { return };
        let context = watcher.context_at(workspace.clock.now());
        // Who looks with another's rights is there as neither of them.
        if context.viewer.is_some() {
            return;
        }
        let being = |it: PresentAt| {
            let PresentAt { object, id, field, typing } = it;
            let spot = Spot { object, id };
            let seen = sees(&context, &spot).unwrap_or(false);
            seen.then_some((spot, Being { member: context.actor, field, typing }))
        };
        let beings = at.into_iter().filter_map(being).collect();
        self.presence.put(id, beings);
    }

    /// Takes in what another node tells.
    pub(super) fn hear(&mut self, text: &str) {
        match serde_json::from_str::<Report>(text) {
            Ok(report) => self.presence.hear(report, Instant::now()),
            Err(error) => tracing::warn!(%error, "another node says what is not understood"),
        }
    }

    /// Tells those who are where something changed who is there, and other nodes who is here.
    pub(super) fn tell_presence(&mut self, workspace: &Arc<Workspace>) {
        let now = Instant::now();
        self.presence.forget_silent(now);
        let changed = self.presence.take_changed();
        for spot in &changed {
            self.send_out_strangers(workspace, spot);
        }
        for spot in changed {
            for id in self.presence.listeners(&spot) {
                self.tell_meeting(id, &spot);
            }
        }
        // Whoever was sent out just now has left for everybody.
        if let Some(messenger) = &self.messenger {
            for report in self.presence.reports(now) {
                match serde_json::to_string(&report) {
                    Ok(text) => messenger.tell(&text),
                    Err(error) => tracing::warn!(%error, "presence cannot be told"),
                }
            }
        }
    }

    /// Whoever may not see a spot is not there.
    fn send_out_strangers(&mut self, workspace: &Arc<Workspace>, spot: &Spot) {
        for id in self.presence.listeners(spot) {
            let may = self.is_sure_of(workspace, id).and_then(|sure| match self.watchers.get(&id).filter(|_| sure) {
                Some(watcher) => sees(&watcher.context_at(workspace.clock.now()), spot),
                None => Ok(false),
            });
            if !matches!(may, Ok(true)) {
                self.presence.leave(id, spot);
            }
        }
    }

    fn tell_meeting(&mut self, id: u64, spot: &Spot) {
        let Some(watcher) = self.watchers.get(&id) else { return };
        let context = &watcher.context;
        let others: Vec<Being> = self.presence.people(spot).into_iter().filter(|it| it.member != context.actor).collect();
        match meeting(context, spot, &others) {
            Ok(members) => {
                // Where the queue is full the next change tells it.
                watcher.say(Out::Say(ToClient::Present { object: spot.object.clone(), id: spot.id, members }));
            }
            Err(error) => tracing::warn!(%error, "presence cannot be told"),
        }
    }
}

fn sees(context: &Context, spot: &Spot) -> Result<bool> {
    let Some(object) = context.schema.object(&spot.object).filter(|it| context.access.may(it, Verb::Read)) else { return Ok(false) };
    let Some(id) = spot.id else { return Ok(true) };
    let found: Vec<Uuid> = context.workspace.store.read_with(|tx| readable_ids(context, tx, object, &[id]))?;
    Ok(!found.is_empty())
}

/// The others as the caller may see them.
fn meeting(context: &Context, spot: &Spot, others: &[Being]) -> Result<Vec<PresentMember>> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut titles = Titles::default();
    others.iter().for_each(|it| titles.want(MEMBER_OBJECT, it.member));
    context.workspace.store.read_with(|tx| titles.load(context, tx))?;
    let object = context.schema.object(&spot.object);
    let shown = |name: &String| {
        object.is_some_and(|object| object.field(name).is_some_and(|field| context.access.shown_uncovered(object, field, Place::Record) != Shown::No))
    };
    let member = |it: &Being| PresentMember {
        id: it.member,
        label: titles.reference(it.member).label,
        field: it.field.clone().filter(shown),
        typing: it.typing,
    };
    Ok(others.iter().map(member).collect())
}

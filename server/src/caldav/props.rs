//! What is told of each thing: its properties, by their names.

use guanxi_kernel::context::Context;
use guanxi_kernel::identity::CalDavScope;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::{KernelError, Result, events};
use jiff::Timestamp;

use super::event::utc;
use super::place::{Collection, Place};
use super::put::LARGEST;
use super::series::MOST_INSTANCES;
use super::shelf::{BACK, Resource, Shelf, Which, load};
use super::xml::{APPLE, CALDAV, DAV, Element, SERVER, caldav, dav, element, href, told};
use super::{others, sync};

/// Who asks, and how far he may go.
pub struct Visit<'a> {
    /// His rights.
    pub context: &'a Context,
    /// His name.
    pub name: &'a str,
    /// His address.
    pub email: &'a str,
    /// What stands before paths of his workspace.
    pub prefix: &'a str,
    /// What his program may do.
    pub scope: CalDavScope,
}

impl Visit<'_> {
    /// The address of a place.
    pub fn address(&self, place: &Place) -> String {
        format!("{}{}", self.prefix, place.path())
    }

    /// What lies in a calendar; `None` where there is none that he may see.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn shelf(&self, tx: &mut dyn ReadTx, collection: Collection, which: Which<'_>) -> Result<Option<Shelf>> {
        if collection.is_own() {
            return load(self.context, tx, collection, which).map(Some);
        }
        if !self.scope.others {
            return Ok(None);
        }
        match others::load(self.context, tx, collection) {
            Ok(mut shelf) => {
                if let Which::Named(names) = which {
                    shelf.resources.retain(|it| names.contains(&it.name));
                }
                Ok(Some(shelf))
            }
            Err(KernelError::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The calendars he is offered.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn calendars(&self, tx: &mut dyn ReadTx) -> Result<Vec<(Collection, String)>> {
        let mut all =
            vec![(Collection::Appointments, self.title_of_own(Collection::Appointments)), (Collection::Tasks, self.title_of_own(Collection::Tasks))];
        if self.scope.others {
            all.extend(others::offered(self.context, tx)?.into_iter().map(|it| (it.collection, it.name)));
        }
        Ok(all)
    }

    /// The name of a calendar; `None` where there is none that he may see.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn title(&self, tx: &mut dyn ReadTx, collection: Collection) -> Result<Option<String>> {
        if collection.is_own() {
            return Ok(Some(self.title_of_own(collection)));
        }
        if !self.scope.others {
            return Ok(None);
        }
        match others::title(self.context, tx, collection) {
            Ok(title) => Ok(Some(title)),
            Err(KernelError::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    fn title_of_own(&self, collection: Collection) -> String {
        let name = self.context.workspace.settings().name.clone();
        let label = if collection == Collection::Tasks { Label::new("任务", "Tasks") } else { Label::new("日程", "Calendar") };
        let label = self.context.locale.pick(&label);
        if name.is_empty() { label.to_owned() } else { format!("{name} · {label}") }
    }

    fn may_write(&self, collection: Collection) -> bool {
        self.scope.write && collection.is_own()
    }
}

/// What properties are told of.
pub enum Target<'a> {
    /// The beginning.
    Root,
    /// The member himself.
    Principal,
    /// His calendars.
    Home,
    /// One of them, with its name.
    Calendar(Collection, &'a str),
    /// Something in it.
    Item(Collection, &'a Resource),
}

/// A property's name.
type Name = (&'static str, &'static str);

const COMMON: &[Name] =
    &[(DAV, "resourcetype"), (DAV, "displayname"), (DAV, "current-user-principal"), (DAV, "owner"), (DAV, "current-user-privilege-set")];
const OF_PRINCIPAL: &[Name] = &[
    (DAV, "principal-URL"),
    (DAV, "principal-collection-set"),
    (CALDAV, "calendar-home-set"),
    (CALDAV, "calendar-user-address-set"),
    (CALDAV, "calendar-user-type"),
    (SERVER, "email-address-set"),
];
const OF_CALENDAR: &[Name] = &[
    (DAV, "supported-report-set"),
    (DAV, "sync-token"),
    (CALDAV, "supported-calendar-component-set"),
    (CALDAV, "supported-calendar-data"),
    (CALDAV, "supported-collation-set"),
    (CALDAV, "max-resource-size"),
    (CALDAV, "max-instances"),
    (CALDAV, "min-date-time"),
    (SERVER, "getctag"),
    (APPLE, "calendar-color"),
    (APPLE, "calendar-order"),
];
const OF_ITEM: &[Name] = &[(DAV, "getetag"), (DAV, "getcontenttype"), (DAV, "getcontentlength"), (DAV, "getlastmodified")];

impl Target<'_> {
    /// The names of its properties, without the data itself.
    pub fn names(&self) -> Vec<Name> {
        let more: &[Name] = match self {
            Self::Root => &[(DAV, "principal-collection-set")],
            Self::Principal => OF_PRINCIPAL,
            Self::Home => &[(DAV, "supported-report-set")],
            Self::Calendar(..) => OF_CALENDAR,
            Self::Item(..) => OF_ITEM,
        };
        COMMON.iter().chain(more).copied().collect()
    }
}

/// What is within a property of a thing; `None` where it has none of this name.
///
/// # Errors
/// Fails where the database does.
pub fn value(visit: &Visit<'_>, target: &Target<'_>, asked: &Element) -> Result<Option<String>> {
    let me = visit.context.actor;
    let principal = || href(&visit.address(&Place::Principal(me)));
    let common = match (asked.space.as_str(), asked.name.as_str()) {
        (DAV, "current-user-principal") => Some(principal()),
        (DAV, "owner") if !matches!(target, Target::Root) => Some(principal()),
        (DAV, "principal-collection-set") => Some(href(&format!("{}{}/principals/", visit.prefix, super::place::BASE))),
        (DAV, "resourcetype") => Some(kind_of(target)),
        (DAV, "current-user-privilege-set") => Some(privileges(visit, target)),
        (DAV, "supported-report-set") => Some(reports(target)),
        (DAV, "displayname") => match target {
            Target::Principal | Target::Home => Some(told(visit.name).into_owned()),
            Target::Calendar(_, title) => Some(told(title).into_owned()),
            Target::Root => Some("Guanxi".into()),
            Target::Item(..) => None,
        },
        _ => None,
    };
    if common.is_some() {
        return Ok(common);
    }
    Ok(match target {
        Target::Principal | Target::Root => of_principal(visit, asked),
        Target::Home => None,
        Target::Calendar(collection, _) => of_calendar(visit, *collection, asked)?,
        Target::Item(collection, resource) => of_item(*collection, resource, asked),
    })
}

fn kind_of(target: &Target<'_>) -> String {
    match target {
        Target::Root | Target::Home => dav("collection", ""),
        Target::Principal => format!("{}{}", dav("collection", ""), dav("principal", "")),
        Target::Calendar(..) => format!("{}{}", dav("collection", ""), caldav("calendar", "")),
        Target::Item(..) => String::new(),
    }
}

fn privileges(visit: &Visit<'_>, target: &Target<'_>) -> String {
    let privilege = |within: String| dav("privilege", &within);
    let mut all = vec![dav("read", ""), dav("read-current-user-privilege-set", "")];
    if let Target::Calendar(collection, _) | Target::Item(collection, _) = target {
        all.push(caldav("read-free-busy", ""));
        if visit.may_write(*collection) {
            all.extend(["write", "write-content", "bind", "unbind"].map(|it| dav(it, "")));
        }
    }
    all.into_iter().map(privilege).collect()
}

fn reports(target: &Target<'_>) -> String {
    let Target::Calendar(collection, _) = target else { return String::new() };
    let mut all = vec![caldav("calendar-query", ""), caldav("calendar-multiget", ""), caldav("free-busy-query", "")];
    if collection.is_own() {
        all.push(dav("sync-collection", ""));
    }
    all.iter().map(|it| dav("supported-report", &dav("report", it))).collect()
}

fn of_principal(visit: &Visit<'_>, asked: &Element) -> Option<String> {
    let me = visit.context.actor;
    match (asked.space.as_str(), asked.name.as_str()) {
        (DAV, "principal-URL") => Some(href(&visit.address(&Place::Principal(me)))),
        (CALDAV, "calendar-home-set") => Some(href(&visit.address(&Place::Home(me)))),
        (CALDAV, "calendar-user-address-set") => {
            Some(format!("{}{}", href(&format!("mailto:{}", visit.email)), href(&visit.address(&Place::Principal(me)))))
        }
        (CALDAV, "calendar-user-type") => Some("INDIVIDUAL".into()),
        (SERVER, "email-address-set") => Some(element(SERVER, "email-address", &told(visit.email))),
        _ => None,
    }
}

fn of_calendar(visit: &Visit<'_>, collection: Collection, asked: &Element) -> Result<Option<String>> {
    let store = &visit.context.workspace.store;
    Ok(match (asked.space.as_str(), asked.name.as_str()) {
        (CALDAV, "supported-calendar-component-set") => Some(format!("<c:comp name=\"{}\"/>", collection.component())),
        (CALDAV, "supported-calendar-data") => Some("<c:calendar-data content-type=\"text/calendar\" version=\"2.0\"/>".into()),
        (CALDAV, "supported-collation-set") => Some(["i;ascii-casemap", "i;octet"].map(|it| caldav("supported-collation", it)).concat()),
        (CALDAV, "max-resource-size") => Some(LARGEST.to_string()),
        (CALDAV, "max-instances") => Some(MOST_INSTANCES.to_string()),
        (CALDAV, "min-date-time") => Some(utc(visit.context.now - BACK)),
        // Of others' calendars it would cost as much as all there is in them, at every look at the list of calendars.
        (SERVER, "getctag") if collection.is_own() => store.read_with(|tx| visit.shelf(tx, collection, Which::All))?.map(|it| it.tag()),
        (DAV, "sync-token") if collection.is_own() => Some(sync::token(visit.context, store.read_with(|tx| events::head(tx))?)),
        (APPLE, "calendar-color") => Some(color_of(collection).into()),
        (APPLE, "calendar-order") => Some(match collection {
            Collection::Appointments => "1".into(),
            Collection::Tasks => "2".into(),
            _ => "3".into(),
        }),
        _ => None,
    })
}

fn color_of(collection: Collection) -> &'static str {
    match collection {
        Collection::Appointments => "#1677FFFF",
        Collection::Tasks => "#13C2C2FF",
        Collection::Colleague(_) => "#722ED1FF",
        Collection::Team(_) => "#52C41AFF",
        Collection::Resource(_) => "#FA8C16FF",
    }
}

fn of_item(collection: Collection, resource: &Resource, asked: &Element) -> Option<String> {
    match (asked.space.as_str(), asked.name.as_str()) {
        (DAV, "getetag") => Some(told(&resource.etag()).into_owned()),
        (DAV, "getcontenttype") => Some(content_type(collection)),
        (DAV, "getcontentlength") => Some(resource.text.len().to_string()),
        (DAV, "getlastmodified") => Some(http_date(resource.changed)),
        (CALDAV, "calendar-data") => Some(told(&resource.text).into_owned()),
        _ => None,
    }
}

/// What the text of a resource is.
pub fn content_type(collection: Collection) -> String {
    format!("text/calendar; charset=utf-8; component={}", collection.component())
}

/// A moment as HTTP has it.
pub fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

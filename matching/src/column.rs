//! What a caller says about its columns, and nothing else: the rest the system works out itself.

/// What a column holds. Decides how its values are normalised, compared and used to find candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// A whole name of a person in one column, Chinese or western: 王小明, Smith, John.
    PersonName,
    /// Given name.
    GivenName,
    /// Surname.
    Surname,
    /// Name of a company, shop or other organisation.
    Company,
    /// Telephone number in any spelling.
    Phone,
    /// E-mail address.
    Email,
    /// Street, building, or a whole address line.
    Address,
    /// House or unit number in a column of its own.
    HouseNumber,
    /// Suburb, town, city.
    Place,
    /// Calendar date in any usual spelling.
    Date,
    /// Postal code.
    Postcode,
    /// Number that names one thing: social credit code, customer number.
    Id,
    /// One of few values: province, industry, sex.
    Category,
    /// Any other text.
    Text,
}

impl FieldKind {
    /// Do others share it who live or work at the same place? Says nothing of one's own beyond that.
    pub(crate) fn is_of_place(self) -> bool {
        matches!(self, Self::Phone | Self::Address | Self::HouseNumber | Self::Place | Self::Postcode)
    }

    /// Does it name who or what the record is about?
    pub(crate) fn is_name(self) -> bool {
        matches!(self, Self::PersonName | Self::GivenName | Self::Surname | Self::Company)
    }
}

/// Which columns neighbours share: those of the place, provinces and the like, and the surname beside a given name.
/// None where nothing would be left, or too little to tell a shared place from chance.
pub(crate) fn shared_by_neighbours(kinds: &[FieldKind]) -> Vec<bool> {
    let has_given_name = kinds.contains(&FieldKind::GivenName);
    let is_shared = |kind: &FieldKind| kind.is_of_place() || *kind == FieldKind::Category || (*kind == FieldKind::Surname && has_given_name);
    let of_place = kinds.iter().filter(|kind| kind.is_of_place()).count();
    let is_of_use = of_place > 0 && kinds.iter().filter(|kind| is_shared(kind)).count() > 1 && !kinds.iter().all(is_shared);
    kinds.iter().map(|kind| is_of_use && is_shared(kind)).collect()
}

/// One column of the records that are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name by which explanations call it.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
}

impl Column {
    /// A column of that name and kind.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Self { name: name.into(), kind }
    }
}

/// How far two values agree, over all comparators; each uses some of them, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Agreement {
    /// The same after normalisation.
    Equal,
    /// Other characters of the same pinyin.
    SameSound,
    /// The right value in the other column, day and month exchanged, family name first.
    Swapped,
    /// One is the other without its beginning (country or area code).
    Ending,
    /// One character off, or nearly all of it the same.
    Near,
    /// One is the beginning of the other: J and John.
    Beginning,
    /// Much the same.
    Similar,
    /// A part is the same: the surname, two of year, month and day.
    Part,
    /// None of these.
    Different,
    /// One side says nothing: neither for nor against.
    Missing,
}

impl Agreement {
    /// Stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::SameSound => "same_sound",
            Self::Swapped => "swapped",
            Self::Ending => "ending",
            Self::Near => "near",
            Self::Beginning => "beginning",
            Self::Similar => "similar",
            Self::Part => "part",
            Self::Different => "different",
            Self::Missing => "missing",
        }
    }

    /// In words for people.
    pub fn label(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Equal => ("equal", "相同"),
            Self::SameSound => ("sounds the same", "读音相同"),
            Self::Swapped => ("exchanged", "前后颠倒"),
            Self::Ending => ("same ending", "末尾相同"),
            Self::Near => ("nearly equal", "几乎相同"),
            Self::Beginning => ("same beginning", "开头相同"),
            Self::Similar => ("similar", "相似"),
            Self::Part => ("partly equal", "部分相同"),
            Self::Different => ("different", "不同"),
            Self::Missing => ("not known", "未填写"),
        };
        match language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// Languages of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// zh-CN.
    Chinese,
    /// en.
    English,
}

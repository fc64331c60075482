//! What an edit may consist of, read before the replicated document sees it: the library answers hostile bytes with an
//! error, and in places with a panic or as deep a stack as they ask for. Format: version 1 of an update of Yjs.

/// The name under which the editor keeps the text in its document.
pub const ROOT: &str = "default";
/// How deep values of attributes are built.
const DEEPEST_VALUE: usize = 6;
/// Longest name of an element, an attribute or a mark, in bytes.
const LONGEST_NAME: u64 = 100;
/// Clocks stay below this, so that sums of them fit.
const LARGEST_CLOCK: u64 = 1 << 31;
/// Largest number JavaScript counts exactly: the library's bound of clients.
const LARGEST_CLIENT: u64 = (1 << 53) - 1;

/// What an edit inserts: from which clock of a client up to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inserted {
    /// The client.
    pub client: u64,
    /// Its first clock.
    pub from: u32,
    /// Behind its last clock.
    pub to: u32,
}

/// An edit that may be shown to the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gated {
    /// What it inserts.
    pub inserts: Vec<Inserted>,
    /// Whether there are elements among it.
    pub elements: bool,
}

/// Why an edit is none; for people.
pub type Wrong = &'static str;

/// Reads an edit.
///
/// # Errors
/// What is wrong with it.
pub fn read(update: &[u8]) -> Result<Gated, Wrong> {
    let mut reader = Reader { rest: update };
    let mut gated = Gated::default();
    for _ in 0..reader.number()? {
        let structs = reader.number()?;
        let client = reader.at_most(LARGEST_CLIENT)?;
        let from = reader.at_most(LARGEST_CLOCK)?;
        let mut clock = from;
        for _ in 0..structs {
            clock += reader.structure(&mut gated)?;
            if clock > LARGEST_CLOCK {
                return Err("it counts too far");
            }
        }
        let short = |it: u64| u32::try_from(it).map_err(|_| "it counts too far");
        gated.inserts.push(Inserted { client, from: short(from)?, to: short(clock)? });
    }
    for _ in 0..reader.number()? {
        reader.at_most(LARGEST_CLIENT)?;
        for _ in 0..reader.number()? {
            if reader.at_most(LARGEST_CLOCK)? + reader.at_most(LARGEST_CLOCK)? > LARGEST_CLOCK {
                return Err("it counts too far");
            }
        }
    }
    if reader.rest.is_empty() { Ok(gated) } else { Err("something follows its end") }
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Result<u8, Wrong> {
        let (first, rest) = self.rest.split_first().ok_or("it breaks off")?;
        self.rest = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, Wrong> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a number is too long")
    }

    fn at_most(&mut self, most: u64) -> Result<u64, Wrong> {
        self.number().and_then(|it| if it <= most { Ok(it) } else { Err("a number is too large") })
    }

    fn bytes(&mut self, count: u64) -> Result<&'b [u8], Wrong> {
        let count = usize::try_from(count).ok().filter(|it| *it <= self.rest.len()).ok_or("it breaks off")?;
        let (bytes, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(bytes)
    }

    fn text(&mut self, most: u64) -> Result<&'b str, Wrong> {
        let length = self.at_most(most)?;
        std::str::from_utf8(self.bytes(length)?).map_err(|_| "a text is not UTF-8")
    }

    fn id(&mut self) -> Result<(), Wrong> {
        self.at_most(LARGEST_CLIENT)?;
        self.at_most(LARGEST_CLOCK).map(|_| ())
    }

    fn length(&mut self) -> Result<u64, Wrong> {
        self.at_most(LARGEST_CLOCK).and_then(|it| if it > 0 { Ok(it) } else { Err("a part of it is empty") })
    }

    /// One structure; answers how many clocks it takes.
    fn structure(&mut self, gated: &mut Gated) -> Result<u64, Wrong> {
        let info = self.byte()?;
        if info & 0x1f == 0 {
            return self.length();
        }
        let (origin, right_origin) = (info & 0x80 != 0, info & 0x40 != 0);
        for _ in 0..u8::from(origin) + u8::from(right_origin) {
            self.id()?;
        }
        if !origin && !right_origin {
            match self.number()? {
                0 => self.id()?,
                1 if self.text(LONGEST_NAME)? == ROOT => {}
                _ => return Err("it edits something else than the text"),
            }
            if info & 0x20 != 0 {
                self.text(LONGEST_NAME)?;
            }
        }
        self.content(info & 0x1f, gated)
    }

    fn content(&mut self, kind: u8, gated: &mut Gated) -> Result<u64, Wrong> {
        match kind {
            // Deleted.
            1 => self.length(),
            // A text, counted as JavaScript counts.
            4 => {
                let count = self.text(u64::MAX)?.encode_utf16().count();
                u64::try_from(count).ok().filter(|it| *it > 0).ok_or("a part of it is empty")
            }
            // A mark: its name, and what it says as JSON.
            6 => {
                self.text(LONGEST_NAME)?;
                let json = self.text(LARGEST_CLOCK)?;
                serde_json::from_str::<serde_json::Value>(json).map(|_| 1).map_err(|_| "a mark is no JSON")
            }
            7 => {
                gated.elements = true;
                match self.number()? {
                    3 => self.text(LONGEST_NAME).map(|_| 1),
                    6 => Ok(1),
                    _ => Err("something in it is no rich text"),
                }
            }
            // Values of attributes.
            8 => {
                let count = self.length()?;
                for _ in 0..count {
                    self.value(DEEPEST_VALUE)?;
                }
                Ok(count)
            }
            _ => Err("something in it is no rich text"),
        }
    }

    fn value(&mut self, deep: usize) -> Result<(), Wrong> {
        let deeper = deep.checked_sub(1).ok_or("a value in it is too deep");
        match self.byte()? {
            120 | 121 | 126 | 127 => {}
            125 => while self.byte()? >= 0x80 {},
            124 => {
                self.bytes(4)?;
            }
            122 | 123 => {
                self.bytes(8)?;
            }
            119 => {
                self.text(u64::MAX)?;
            }
            118 => {
                let deeper = deeper?;
                for _ in 0..self.number()? {
                    self.text(LONGEST_NAME)?;
                    self.value(deeper)?;
                }
            }
            117 => {
                let deeper = deeper?;
                for _ in 0..self.number()? {
                    self.value(deeper)?;
                }
            }
            _ => return Err("a value in it is none"),
        }
        Ok(())
    }
}

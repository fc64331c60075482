//! The typed tree that checking produces.

use crate::parse::parse;
use crate::{ExprError, Function, Predicate, Type, Value, to_predicate};

/// Where in the source a call was written. It makes no difference between two expressions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place(pub(crate) Option<u64>);

impl Eq for Place {}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A checked expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant.
    Literal(Value),
    /// A field of the record, of a related record, or of the caller (`me`).
    Path {
        /// The names along the path, e.g. `["account", "address", "city"]`.
        segments: Vec<String>,
        /// The type the scope gave it.
        ty: Type,
    },
    /// An operator or a function.
    Call {
        /// Which.
        function: Function,
        /// Its arguments; the receiver of a method comes first.
        args: Vec<Expr>,
        /// The type of the result.
        ty: Type,
        /// Where it was written.
        at: Place,
    },
    /// A list written in the expression, with the type of its items.
    List(Vec<Expr>, Type),
}

impl Expr {
    /// The type of the result.
    pub fn ty(&self) -> Type {
        match self {
            Expr::Literal(value) => value.type_of(),
            Expr::Path { ty, .. } | Expr::Call { ty, .. } => ty.clone(),
            Expr::List(_, item) => item.clone().list(),
        }
    }

    /// The value, if this is a literal.
    pub fn as_literal(&self) -> Option<&Value> {
        match self {
            Expr::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// Calls `visit` for every path in the expression, left to right, repeated as often as written.
    pub fn for_each_path<'a>(&'a self, visit: &mut dyn FnMut(&'a [String])) {
        match self {
            Expr::Literal(_) => {}
            Expr::Path { segments, .. } => visit(segments),
            Expr::Call { args, .. } | Expr::List(args, _) => {
                for arg in args {
                    arg.for_each_path(visit);
                }
            }
        }
    }

    /// All paths the expression refers to, left to right, repeated as often as written.
    pub fn paths(&self) -> impl Iterator<Item = &[String]> {
        let mut found = Vec::new();
        self.for_each_path(&mut |path| found.push(path));
        found.into_iter()
    }
}

/// The result of checking: an expression that may be evaluated, folded or made a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The source as written.
    pub source: String,
    /// The typed tree.
    pub root: Expr,
    /// The type of the whole.
    pub ty: Type,
}

impl Checked {
    /// All field paths the expression refers to, left to right, repeated as often as written.
    pub fn paths(&self) -> impl Iterator<Item = &[String]> {
        self.root.paths()
    }

    /// The filter this condition is, once folded.
    ///
    /// # Errors
    /// Those of [`to_predicate`], with their place.
    pub fn to_filter(&self) -> Result<Predicate, ExprError> {
        to_predicate(&self.root).map_err(|error| {
            let position = error.place.0.and_then(|node| parse(&self.source).ok()?.position(node));
            match position {
                Some(position) => error.at(position),
                None => error,
            }
        })
    }
}

//! Who sees the same: listeners whose rights on some objects come to the same share what was read for one of them.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_kernel::access::Access;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Object;

/// Rights remembered at most; beyond, they are worked out again.
const CAPACITY: usize = 20_000;

/// A number for each view there is.
#[derive(Default)]
pub struct Views {
    numbers: HashMap<String, u32>,
    /// By the address of the rights, which are held here so that no others come to lie there.
    known: HashMap<usize, (Arc<Access>, HashMap<String, u32>)>,
}

impl Views {
    /// What a caller's view of some objects is, as numbers: callers with the same ones see the same.
    pub fn of(&mut self, context: &Context, objects: &[Arc<Object>]) -> Vec<u32> {
        let access = &context.access;
        let (_, by_object) = self.known.entry(Arc::as_ptr(access) as usize).or_insert_with(|| (access.clone(), HashMap::new()));
        let mut view = Vec::with_capacity(objects.len() + 2);
        view.push(context.locale as u32);
        view.push(u32::try_from(context.schema.version).unwrap_or(u32::MAX));
        for object in objects {
            let number = by_object.get(&object.name).copied().unwrap_or_else(|| {
                let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
                let number = *self.numbers.entry(access.view_of(object)).or_insert(next);
                by_object.insert(object.name.clone(), number);
                number
            });
            view.push(number);
        }
        view
    }

    /// Forgets what is remembered where it is much. Numbers from before mean nothing afterwards.
    pub fn make_room(&mut self) {
        if self.known.len() >= CAPACITY {
            self.known.clear();
            self.numbers.clear();
        }
    }
}

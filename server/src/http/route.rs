//! A route is an operation and what serves it, so that there is neither a route the API does not tell of nor an operation
//! that leads nowhere.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

use super::Shared;
use crate::openapi::Operation;

/// See the module.
pub struct Route {
    /// What the API tells of it.
    pub operation: Operation,
    serve: MethodRouter<Shared>,
}

impl Operation {
    /// Served by this function.
    pub(crate) fn by<H: Handler<T, Shared>, T: 'static>(self, handler: H) -> Route {
        let serve = match self.method {
            "get" => routing::get(handler),
            "post" => routing::post(handler),
            "patch" => routing::patch(handler),
            _ => routing::delete(handler),
        };
        Route { operation: self, serve }
    }
}

/// The router of these routes.
pub fn router(routes: Vec<Route>) -> Router<Shared> {
    routes.into_iter().fold(Router::new(), |router, it| router.route(&it.operation.path, it.serve))
}

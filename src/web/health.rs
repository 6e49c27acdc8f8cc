//! `/health/live` and `/health/ready`: one word each, for whoever asks. Details are on the admin listener.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};

use super::Web;
use super::failure::{Failure, Outcome};

pub(super) fn routes(app: &mut ServiceConfig) {
    let refuse = || async { Outcome::Err(Failure::wrong_method("GET, HEAD")) };
    let read_only = |path: &str| web::resource(path.to_owned()).default_service(web::to(refuse));
    app.service(read_only("/health/live").get(live).head(live))
        .service(read_only("/health/ready").get(ready).head(ready));
}

async fn live() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

async fn ready(web: web::Data<Web>) -> impl Responder {
    if web.gate.is_ready() {
        return HttpResponse::Ok().content_type("text/plain").body("ok");
    }
    HttpResponse::ServiceUnavailable().content_type("text/plain").body("unavailable")
}

//! `/health/live` and `/health/ready`: one word each, for whoever asks. Details are on the admin listener.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};

use super::Web;

pub(super) fn routes(app: &mut ServiceConfig) {
    app.route("/health/live", web::get().to(live)).route("/health/ready", web::get().to(ready));
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

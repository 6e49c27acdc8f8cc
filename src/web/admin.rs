//! What operators see, on a listener of its own without authentication: `/metrics` and `/health/details`.

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use serde_json::json;

use super::{Web, health};

/// The admin listener's endpoints.
pub fn config_admin(app: &mut ServiceConfig, web: Arc<Web>) {
    app.app_data(web::Data::from(web))
        .route("/metrics", web::get().to(metrics))
        .route("/health/details", web::get().to(details))
        .configure(health::routes);
}

async fn metrics(web: web::Data<Web>) -> impl Responder {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(web.telemetry.render())
}

async fn details(web: web::Data<Web>) -> impl Responder {
    let targets: Vec<&str> = web.targets.keys().map(crate::kernel::TargetName::as_str).collect();
    let mut restored = Vec::new();
    for (name, target) in &web.targets {
        if target.is_restored().await {
            restored.push(name.as_str());
        }
    }
    HttpResponse::Ok().json(json!({
        "ready": web.gate.is_ready(),
        "version": env!("CARGO_PKG_VERSION"),
        "targets": targets,
        "read_only_until_reconciled": restored,
        "requests_in_flight": web.gate.answering(),
    }))
}

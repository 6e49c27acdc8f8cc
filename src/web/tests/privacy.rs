use std::io;
use std::sync::Mutex;

use tracing::Level;

use super::*;
use crate::telemetry::logging::{Format, subscriber};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a request holds of people and secrets is in no log line, at any level, and in no metric.
#[actix_web::test]
async fn filters_tokens_bodies_and_addresses_stay_out_of_logs_and_metrics() {
    let log = Log::default();
    let writer = log.clone();
    let guard = tracing::subscriber::set_default(subscriber(Format::Json, Level::TRACE, true, move || {
        writer.clone()
    }));
    let web = web_over(&Fake::new());
    let known = [("authorization", TOKEN)];
    let wrong = [("authorization", "Bearer stolen-token")];
    let body = r#"{"userName":"lovelace@example.com","password":"hunter2"}"#;
    ask_web(&web, "GET", "/one/scim/v2/Users?filter=userName+eq+%22lovelace%22", &known, None).await;
    ask_web(&web, "GET", "/one/scim/v2/Users/lovelace@example.com", &known, None).await;
    ask_web(&web, "GET", "/one/scim/v2/lovelace", &known, None).await;
    ask_web(&web, "LOVELACE", "/one/scim/v2/Users/lovelace", &known, None).await;
    ask_web(&web, "POST", "/one/scim/v2/Users", &known, Some(body)).await;
    ask_web(&web, "POST", "/one/scim/v2/Users", &known, Some("{\"lovelace\"")).await;
    let bulk = format!(
        r#"{{"Operations":[{{"method":"POST","path":"/Users","bulkId":"lovelace","data":{body}}},{{"method":"lovelace","path":"/lovelace"}}]}}"#
    );
    ask_web(&web, "POST", "/one/scim/v2/Bulk", &known, Some(&bulk)).await;
    ask_web(&web, "GET", "/one/scim/v2/Users?filter=userName+eq+%22lovelace%22", &wrong, None).await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap() + &web.telemetry.render();
    assert!(text.contains("request served") && text.contains(r#"endpoint="users",status="2xx""#), "{text}");
    for secret in ["lovelace", "LOVELACE", "filter", "secret-token", "stolen-token", "hunter2", "example.com"]
    {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

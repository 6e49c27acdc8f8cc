use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::Level;

use super::*;
use crate::kernel::{ClientName, TargetName};

/// A log in memory.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log_of(format: logging::Format, level: Level, work: impl FnOnce()) -> String {
    log_with(format, level, true, work)
}

fn log_with(format: logging::Format, level: Level, access: bool, work: impl FnOnce()) -> String {
    let log = Captured::default();
    let writer = log.clone();
    let subscriber = logging::subscriber(format, level, access, move || writer.clone());
    tracing::subscriber::with_default(subscriber, work);
    log.text()
}

fn target() -> TargetName {
    TargetName::parse("sophos").unwrap()
}

fn client() -> ClientName {
    ClientName::parse("okta").unwrap()
}

fn served(status: u16) -> RequestServed<'static> {
    RequestServed {
        request: "r1",
        target: Some(target()),
        client: Some(client()),
        method: "GET",
        endpoint: Endpoint::Users,
        id: Some("ada@example.com"),
        status,
        took: Duration::from_millis(3),
    }
}

#[test]
fn without_an_access_log_what_was_served_is_counted_and_what_failed_is_told() {
    let telemetry = Telemetry::default();
    let log = log_with(logging::Format::Text, Level::DEBUG, false, || {
        telemetry.emit(served(200));
        telemetry.emit(served(500));
        telemetry.emit(RepairUsed { request: "r1", client: client(), repair: "quoted_boolean", count: 1 });
    });
    assert!(!log.contains("request served"), "{log}");
    assert!(log.contains("request failed") && log.contains("repair used"), "{log}");
    assert!(telemetry.render().contains(r#"status="2xx"} 1"#));
}

#[test]
fn an_event_is_a_line_and_a_metric() {
    let telemetry = Telemetry::default();
    let log = log_of(logging::Format::Json, Level::INFO, || telemetry.emit(served(200)));
    let line: serde_json::Value = serde_json::from_str(log.trim()).unwrap();
    assert_eq!((&line["client"], &line["status"]), (&"okta".into(), &200.into()));
    assert_eq!(line["id"], "[redacted]");
    let counted = r#"scim_facade_requests_total{target="sophos",client="okta",method="GET",endpoint="users",status="2xx"} 1"#;
    let metrics = telemetry.render();
    assert!(metrics.contains(counted), "{metrics}");
}

#[test]
fn an_alarm_is_the_only_error() {
    let telemetry = Telemetry::default();
    let log = log_of(logging::Format::Text, Level::INFO, || {
        telemetry.emit(Alarm {
            kind: AlarmKind::DeprovisionImpossible,
            target: Some(target()),
            request: "r1",
            id: Some("u1"),
            what: "the person is managed by a directory",
        });
        telemetry.emit(UnknownMembers { request: "r2", target: target(), client: client(), count: 2 });
    });
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert!(telemetry.render().contains(r#"scim_facade_alarms_total{kind="deprovision_impossible"} 1"#));
}

#[test]
fn the_clock_of_an_intent_is_a_histogram() {
    let telemetry = Telemetry::default();
    telemetry.emit(IntentOpened { target: target(), id: "u1", wish: Wish::Deactivate });
    telemetry.emit(IntentConfirmed {
        target: target(),
        id: "u1",
        wish: Wish::Deactivate,
        took: Duration::from_millis(700),
    });
    telemetry.emit(SettlementRun { target: target(), settled: 1, left: 2, took: Duration::ZERO });
    let metrics = telemetry.render();
    assert!(
        metrics.contains(r#"intent_seconds_bucket{le="1.0",target="sophos",wish="deactivate"} 1"#),
        "{metrics}"
    );
    assert!(metrics.contains(r#"unsettled{target="sophos"} 2"#), "{metrics}");
}

#[test]
fn a_native_call_without_an_answer_is_counted_too() {
    let telemetry = Telemetry::default();
    telemetry.emit(NativeCallMade {
        request: "r1",
        backend: "sophos",
        operation: "user_get",
        host: "https://api-eu01.central.sophos.com",
        status: None,
        took: Duration::ZERO,
    });
    telemetry.emit(DriftSeen { target: target(), id: "u1", field: "email" });
    let metrics = telemetry.render();
    assert!(metrics.contains(r#"native_calls_total{backend="sophos",operation="user_get",status="none"} 1"#));
    assert!(metrics.contains(r#"drift_total{target="sophos",field="email"} 1"#));
}

#[test]
fn other_peoples_debug_lines_stay_out() {
    let log = log_of(logging::Format::Text, Level::TRACE, || {
        tracing::debug!(target: "hyper::proto", "authorization: Bearer abc");
        tracing::debug!(target: "scim_facade::web", "ours");
    });
    assert!(!log.contains("Bearer") && log.contains("ours"), "{log}");
}

#[test]
fn the_audit_is_told_at_any_level() {
    let told = log_of(logging::Format::Json, Level::ERROR, || {
        Telemetry::default().emit(Audited {
            request: "r1",
            target: &target(),
            client: &client(),
            kind: "User",
            id: "u-1",
            action: "deactivate",
            outcome: "done",
            what: &["active".to_owned()],
            active: Some((true, false)),
            plan: &["PATCH /Users/u-1".to_owned()],
            took: Duration::from_millis(7),
        });
        tracing::info!(target: "scim_facade::other", "not told");
    });
    let line: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&line["id"], &line["active"], &line["what"]),
        (&"u-1".into(), &"true -> false".into(), &"active".into())
    );
}

//! What identity providers' clients send, replayed against the backends in the tolerant profile, and where a strict server
//! would refuse it, in the strict one.

mod play;
mod quirks;
mod scene;
mod synced;

use crate::support::Over;
use scene::{Scene, Transcript};

/// One transcript against the backends: a test each.
macro_rules! transcripts {
    ($($name:ident)*) => {
        $(mod $name {
            use crate::support::Over;

            const TEXT: &str = include_str!(concat!("transcripts/", stringify!($name), ".json"));

            #[tokio::test(start_paused = true)]
            async fn memory() {
                super::replay(TEXT, Over::Memory).await;
            }

            #[tokio::test(start_paused = true)]
            async fn sophos() {
                super::replay(TEXT, Over::Sophos).await;
            }

            #[tokio::test(start_paused = true)]
            async fn sophos_quarantines() {
                super::replay(TEXT, Over::SophosQuarantines).await;
            }

            #[tokio::test(start_paused = true)]
            async fn netskope() {
                super::replay(TEXT, Over::Netskope).await;
            }

            #[tokio::test(start_paused = true)]
            async fn netskope_spec2024() {
                super::replay(TEXT, Over::NetskopeSpec2024).await;
            }

            #[tokio::test(start_paused = true)]
            async fn netskope_hostile() {
                super::replay(TEXT, Over::NetskopeHostile).await;
            }
        })*

        /// The names of all transcripts.
        const ALL: &[&str] = &[$(stringify!($name)),*];
        const TEXTS: &[&str] = &[$(include_str!(concat!("transcripts/", stringify!($name), ".json"))),*];
    };
}

transcripts! {
    authentik entra_groups entra_lookups entra_users google jumpcloud keycloak midpoint okta onelogin pingone
    sailpoint salesforce wso2
}

async fn replay(text: &str, over: Over) {
    let transcript: Transcript = serde_json::from_str(text).unwrap();
    let mut wrong = Vec::new();
    let mut tell = |scene: &Scene, profile: &str, found: Vec<String>| {
        let line = |found| {
            format!(
                "{} {} ({:?}) on {over:?}, {profile}: {found}",
                transcript.provider, scene.name, scene.fidelity
            )
        };
        wrong.extend(found.into_iter().map(line));
    };
    for scene in &transcript.scenes {
        tell(scene, "tolerant", play::play(&over.world(), scene).await);
        if let Some(status) = scene.strict {
            tell(scene, "strict", play::play_refused(&over.strict(), scene, status).await);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_transcript_is_played_and_every_scene_has_its_own_name() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/idp/transcripts")).unwrap();
    assert_eq!(files.count(), ALL.len());
    let mut scenes = std::collections::BTreeSet::new();
    for text in TEXTS {
        let transcript: Transcript = serde_json::from_str(text).unwrap();
        for scene in &transcript.scenes {
            let name = format!("{} {}", transcript.provider, scene.name);
            assert!(!scene.why.is_empty() && !scene.source.is_empty(), "{name}");
            assert!(scenes.insert(name.clone()), "{name} comes twice");
        }
    }
    assert_eq!(scenes.len(), 115);
}

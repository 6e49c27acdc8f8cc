use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

fn options(arguments: &[&str]) -> Options {
    Line::try_parse_from(std::iter::once(&"demo").chain(arguments)).unwrap().options
}

async fn started(product: Product, arguments: &[&str]) -> Simulation {
    product.start(options(arguments).content, false).await.unwrap()
}

#[tokio::test]
async fn the_demo_is_configured_as_a_service_is() {
    let mut simulations = Vec::new();
    for product in Product::ALL {
        simulations.push(started(product, &["--empty"]).await);
    }
    let folder = Path::new("/tmp/a \"folder\"");
    let config = configuration(&options(&["--profile", "strict"]), &simulations, folder).unwrap();
    assert_eq!(config.targets.len(), Product::ALL.len() + 1);
    assert!(config.clients.values().all(|client| client.targets.len() == config.targets.len()));
    assert_eq!(config.clients.values().next().unwrap().profile, ::scim::profile::Profile::Strict);
    assert_eq!(config.store, config::StoreConfig::File("/tmp/a \"folder\"/store.db".into()));
    for simulation in simulations {
        simulation.simulated.stop().await;
    }
}

#[test]
fn contradictions_on_the_command_line_are_refused() {
    for arguments in
        [["--once", "--quiet"].as_slice(), &["--empty", "--seed-users", "3"], &["--profile", "lax"]]
    {
        let line = std::iter::once(&"demo").chain(arguments);
        assert!(Line::try_parse_from(line).is_err(), "{arguments:?}");
    }
}

/// The story reads the simulator by its control routes: their shape is relied on.
#[tokio::test]
async fn the_other_side_can_be_read() {
    let simulated = started(Product::Sophos, &["--seed-users", "12"]).await.simulated;
    let simulator = simulator::Simulator::new(&simulated.url()).unwrap();
    let world = simulator.world().await.unwrap();
    assert_eq!(
        world.line(&["nobody@example.com"], "No group"),
        "nobody of this story; no group of this story"
    );
    scim::http().unwrap().get(format!("{}/global/whoami/v1", simulated.url())).send().await.unwrap();
    let calls = simulator.calls().await.unwrap();
    assert_eq!((calls.len(), calls[0].write), (1, false));
    assert_eq!(calls[0].line(), "GET    /whoami/v1 → 401");
    assert!(simulator.calls().await.unwrap().is_empty());
    simulated.stop().await;
}

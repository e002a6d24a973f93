//! An invented run for tests, with adjustable noise.

use authlab_results::{
    Contender, FORMAT, Family, Figure, LeftOut, Machine, Metric, Point, Round, Run, Verdict, attacks::AttackTable,
    statistics::Samples,
};
use jiff::Timestamp;
use serde_json::json;

use super::{
    figures::{at, mine},
    material::Material,
};

pub(super) const LAUNCHES: u32 = 4;
pub(super) const ROUNDS: u32 = 5;

/// A quiet run with sound controls: 10 µs for a bare answer.
pub(super) fn material() -> Material {
    let run = Run {
        controls: Vec::new(),
        format: FORMAT,
        started: Timestamp::UNIX_EPOCH,
        finished: Some(Timestamp::UNIX_EPOCH),
        command: "cargo bench".to_owned(),
        machine: Machine {
            processor: "Sample 1".to_owned(),
            processors: 2,
            memory_bytes: 8_000_000_000,
            ..Machine::default()
        },
        versions: [("rustc".to_owned(), "1.95.0".to_owned())].into(),
        contenders: Vec::new(),
        rounds: (0..LAUNCHES)
            .flat_map(|launch| (0..ROUNDS).map(move |round| Round { launch, round, foreign: 0.01 }))
            .collect(),
        figures: Vec::new(),
        left_out: Vec::new(),
    };
    let mut material =
        Material { run, file: "sample.json".to_owned(), others: Vec::new(), attacks: None, attacks_on_peers: None };
    material.has("bare", Family::Null, 10_000.0);
    material.has("bare again", Family::Control, 10_000.0);
    material.has("bare + 5 us", Family::Control, 15_000.0);
    material
}

/// Every contender that a chapter mentions, and one with an unknown name.
pub(super) fn rich() -> Material {
    let mut material = material();
    material.has("null", Family::Null, 12_000.0);
    material.has("cookie signed, feed", Family::Cookie, 13_000.0);
    material.has("session, redis", Family::Session, 16_000.0);
    material.has("a <stranger> & friends", Family::Token, 17_000.0);
    material.has("somebody else's", Family::Peer, 18_000.0);
    for name in ["cookie signed, feed", "session, redis", "a <stranger> & friends"] {
        for journey in ["item write", "login", "logout", "a journey of its own"] {
            material.measured(Metric::ServerCpu, at(name, journey, Some(1)), spread(20_000.0, 0.01));
            material.measured(Metric::Wall, at(name, journey, Some(1)), spread(60_000.0, 0.01));
        }
        material.measured(Metric::ServerCpu, at(name, "mine", Some(16)), spread(11_000.0, 0.01));
        for journey in ["mine", "item write", "login", "logout"] {
            material.measured(Metric::BytesSent, at(name, journey, None), vec![vec![150.0]]);
            material.measured(Metric::BytesReceived, at(name, journey, None), vec![vec![450.0]]);
        }
        material.measured(Metric::LatencyMedian, Point { rate: Some(500), ..at(name, "mine", None) }, spread(2e5, 0.1));
        material.measured(Metric::Wall, mine(name), spread(50_000.0, 0.1));
        let cold = Point { habit: Some("no warm-up".to_owned()), ..mine(name) };
        material.measured(Metric::ServerCpu, cold, spread(30_000.0, 0.01));
    }
    material.measured(Metric::StoreCpu, mine("session, redis"), spread(8_000.0, 0.01));
    material.measured(Metric::StoreCommands, at("session, redis", "mine", None), vec![vec![1.0]]);
    material.measured(Metric::ClientKinds, at("session, redis", "a browser", None), vec![vec![1.0]]);
    material.measured(Metric::ServerMemory, at("session, redis", "login", None), vec![vec![2.0, 3.0]]);
    material.measured(Metric::StoreMemory, at("session, redis", "login", None), vec![vec![180.0, 190.0]]);
    material.measured(Metric::ServerCpu, at("argon2id", "password", None), vec![vec![18e6, 19e6]]);
    material.run.left_out.push(LeftOut { what: "the moon".to_owned(), why: "it was day".to_owned() });
    material
}

/// An attack table with this decision, and one row with every possible outcome.
pub(super) fn attacks(id: &str, verdict: Verdict) -> AttackTable {
    let column = |name: &str| json!({"target": {"name": name, "url": ""}, "mechanism": name, "setting": ""});
    let columns = ["cookie", "session", "token", "a <stranger>"].map(column);
    let by_nature = json!({
        "outcome": "by_nature", "because": "", "remedy": "", "price": "", "requests": 1,
        "leak": {"measured_ms": 0, "open_for_seconds": 1_209_600},
    });
    let row = json!({
        "number": "A05", "id": "some::row", "family": "theft", "title": "A copy, after the logout", "standard": "ASVS 7.4.1",
        "cells": [
            {"outcome": "held", "leak": {"measured_ms": 700, "open_for_seconds": null}, "requests": 1},
            by_nature,
            {"outcome": "fell", "what": "", "leak": null, "requests": 1},
            {"outcome": "not_applicable", "because": "", "leak": null, "requests": 1},
        ],
    });
    let claim = json!({
        "id": id, "says": "It is so", "row": "some::row", "verdict": verdict, "agree": ["one"], "disagree": [],
    });
    serde_json::from_value(json!({
        "schema_version": 1, "authlab": "", "played_at": Timestamp::UNIX_EPOCH, "machine": Machine::default(), "holds": false,
        "marks": columns, "rows": [row], "claims": [claim],
    }))
    .expect("it is a table of attacks")
}

impl Material {
    /// Adds a contender with this cost of `GET /mine`, in nanoseconds.
    pub(super) fn has(&mut self, name: &str, family: Family, nanoseconds: f64) {
        let about = format!("what {name} is");
        self.run.contenders.push(Contender { name: name.to_owned(), family, about });
        self.measured(Metric::ServerCpu, mine(name), spread(nanoseconds, 0.004));
    }

    pub(super) fn measured(&mut self, metric: Metric, at: Point, samples: Samples) {
        self.run.figures.push(Figure { metric, at, samples });
    }

    /// Replaces the contender's samples.
    pub(super) fn changed(&mut self, name: &str, samples: Samples) {
        let figure = self.run.figures.iter_mut().find(|figure| figure.at == mine(name));
        figure.expect("the sample has it").samples = samples;
    }
}

/// Samples around this level, at most this share away from it.
pub(super) fn spread(level: f64, share: f64) -> Samples {
    let sample = |launch: u32, round: u32| {
        let steps = (launch * 3 + round * 2) % 5;
        level * (1.0 + share * (f64::from(steps) - 2.0) / 2.0)
    };
    (0..LAUNCHES).map(|launch| (0..ROUNDS).map(|round| sample(launch, round)).collect()).collect()
}

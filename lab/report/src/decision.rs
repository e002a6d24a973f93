//! The README's part of the report: the decision in one table, and what the difference costs.
//!
//! Attacks and measurements give each cell. Only the words of [`WRITES`] are written here; the conformance suite checks them.

use authlab_results::{
    Metric,
    attacks::{AttackTable, Column, Outcome},
};

use super::{
    figures::{Figures, Quantity, at, mine},
    marked::wrapped,
    material::Material,
    numbers::{IN_MICROSECONDS, short, whole},
    verdicts::Verdicts,
};

/// The designs of the columns, in order.
const DESIGNS: [&str; 4] = ["signed cookie", "session", "opaque token", "JWT with refresh"];
/// The column of each design in the attack table: mechanism and setting.
const ATTACKED: [(&str, &str); 4] = [
    ("cookie", "REVOCATION=feed"),
    ("session", "SESSION_STORE=memory"),
    ("token", "TOKEN_KIND=opaque"),
    ("token", "REVOCATION=feed"),
];
/// The contender of each design, for what does not depend on the store.
const MEASURED: [&str; 4] = ["cookie signed, feed", "session, redis", "token opaque", "token HS256, feed"];

/// A row that one attack decides.
struct AttackedRow {
    need: &'static str,
    attack: &'static str,
    /// The words for a design that blocks the attack.
    blocked: [&'static str; 4],
    /// The word for a design that the attack does not apply to.
    otherwise: &'static str,
    links: [&'static str; 4],
}

const ATTACKS: [AttackedRow; 5] = [
    AttackedRow {
        need: "a logout ends every copy",
        attack: "theft::replay_after_logout",
        blocked: ["≤ 1 s", "at once", "at once", "≤ 1 s"],
        otherwise: "–",
        links: [
            "comparison.md#claim-cookies-outlive-a-logout",
            "comparison.md#claim-sessions-end-at-once",
            "comparison.md#claim-opaque-tokens-are-as-safe",
            "comparison.md#claim-tokens-end-at-once",
        ],
    },
    AttackedRow {
        need: "users list and end single logins",
        attack: "theft::replay_after_ending_one_login",
        blocked: ["yes"; 4],
        otherwise: "–",
        links: ["comparison.md#claim-only-sessions-list-devices"; 4],
    },
    AttackedRow {
        need: "its owner cannot read the content",
        attack: "exposure::read_it_without_the_key",
        blocked: ["yes"; 4],
        otherwise: "–",
        links: [
            "comparison.md#claim-cookies-can-be-read",
            "comparison.md#claim-sessions-tell-nothing",
            "comparison.md#claim-opaque-tokens-are-as-safe",
            "comparison.md#claim-tokens-tell-nothing",
        ],
    },
    AttackedRow {
        need: "an old copy brings back no old content",
        attack: "state::roll_back_an_item",
        blocked: ["yes"; 4],
        otherwise: "–",
        links: [
            "comparison.md#claim-cookies-can-be-rolled-back",
            "comparison.md#claim-sessions-cannot-be-rolled-back",
            "comparison.md#attacks",
            "comparison.md#attacks",
        ],
    },
    AttackedRow {
        need: "a stolen server key opens no account",
        attack: "forgery::sign_with_the_stolen_key",
        blocked: ["yes"; 4],
        // A service that issues opaque tokens accepts JWTs as well, so a stolen key opens every account there too.
        otherwise: "no",
        links: [
            "comparison.md#attacks",
            "comparison.md#claim-sessions-outlast-a-stolen-key",
            "threat-model.md#token",
            "comparison.md#claim-tokens-outlast-a-stolen-key",
        ],
    },
];

/// `/about` names this as `concurrent_item_writes`, and the conformance suite checks it.
const WRITES: [&str; 4] = ["yes", "yes", "yes", "no"];

/// A cell: its text, and the address of its evidence, relative to the folder of documents.
type Cell = (String, &'static str);

/// The section, with all lines short enough for a page that people write.
pub(super) fn section(material: &Material, verdicts: &Verdicts) -> String {
    let figures = Figures(&material.run);
    let doubt = match verdicts.doubts.as_slice() {
        [] => String::new(),
        doubts => format!("> [!WARNING]\n> **DO NOT RELY ON THIS RUN: {}.**\n\n", doubts.join("; ")),
    };
    let mut links: Vec<&str> = Vec::new();
    let mut table = vec![format!("| | {} |", DESIGNS.join(" | ")), "|---|---|---|---|---|".to_owned()];
    for (need, cells) in rows(figures, material.attacks.as_ref()) {
        let cells = cells.map(|(text, link)| {
            let known = links.iter().position(|known| *known == link);
            let at = known.unwrap_or_else(|| {
                links.push(link);
                links.len() - 1
            });
            format!("[{text}][{}]", label(at))
        });
        table.push(format!("| {need} | {} |", cells.join(" | ")));
    }
    let addresses: Vec<String> = (0..).zip(&links).map(|(at, link)| format!("[{}]: docs/{link}", label(at))).collect();
    format!("{doubt}{}\n\n{}\n{}\n", table.join("\n"), cost(material), addresses.join("\n"))
}

/// One letter for each link, so that a row fits into a line of the README.
fn label(at: usize) -> char {
    let letter = u32::try_from(at).ok().and_then(|at| char::from_digit(at + 10, 36));
    letter.expect("the table has fewer links than there are letters")
}

fn rows(figures: Figures<'_>, attacks: Option<&AttackTable>) -> Vec<(&'static str, [Cell; 4])> {
    let attacked = ATTACKS.iter().map(|row| (row.need, in_attack(row, attacks)));
    let kind = |name: &str, kind| match figures.median(Metric::ClientKinds, &at(name, kind, None)) {
        None => "not measured".to_owned(),
        Some(0.0) => "no".to_owned(),
        Some(_) => "yes".to_owned(),
    };
    let [cookie, session, opaque, jwt] = MEASURED;
    // The kinds of clients do not depend on the store, and were counted with sessions in memory.
    let [without_cookies, verifying] = [
        ([cookie, "session, memory", opaque, jwt], "a program without cookies"),
        ([cookie, "session, memory", opaque, "token EdDSA"], "a service that checks by itself"),
    ]
    .map(|(names, journey)| names.map(|name| kind(name, journey)));
    let second = |name| seconds(figures, name);
    let costs = [
        second(cookie),
        format!("{} Redis, {} PostgreSQL", second(session), second("session, postgres")),
        format!("{} SQLite, {} PostgreSQL", second(opaque), second("token opaque, postgres")),
        second(jwt),
    ];
    let measured = [
        ("clients without cookies", without_cookies, "comparison.md#clients"),
        ("others verify it themselves", verifying, "tokens.md#verifying-elsewhere"),
        ("items written at once all survive", WRITES.map(str::to_owned), "contract.md#items"),
        ("core-seconds/million", costs, "comparison.md#cost-mine-1-in-flight"),
        ("bytes it adds to a request", MEASURED.map(|name| added(figures, name)), "comparison.md#bytes"),
        ("bytes the server keeps per login", MEASURED.map(|name| kept(figures, name)), "comparison.md#memory"),
    ];
    attacked.chain(measured.map(|(need, texts, link)| (need, texts.map(|text| (text, link))))).collect()
}

/// What the attack did to each design.
fn in_attack(row: &AttackedRow, attacks: Option<&AttackTable>) -> [Cell; 4] {
    let outcome = |(mechanism, setting): (&str, &str)| {
        let table = attacks?;
        let is_it = |column: &Column| column.mechanism == mechanism && column.setting == setting;
        Some(&table.row(row.attack)?.get(table.columns.iter().position(is_it)?)?.outcome)
    };
    [0, 1, 2, 3].map(|at| {
        let text = match outcome(ATTACKED[at]) {
            Some(Outcome::Held) => row.blocked[at],
            Some(Outcome::ByNature(_)) => "no",
            Some(Outcome::Fell { .. }) => "**BROKEN**",
            Some(Outcome::NotApplicable { .. }) => row.otherwise,
            Some(Outcome::NotPlayed { .. } | Outcome::NotStated) | None => "not run",
        };
        (text.to_owned(), row.links[at])
    })
}

/// Microseconds for one request are seconds for a million.
fn seconds(figures: Figures<'_>, name: &str) -> String {
    let cost = figures.median(Quantity::Cpu, &mine(name));
    cost.map_or_else(|| "not measured".to_owned(), |cost| short(cost * IN_MICROSECONDS))
}

/// The bytes of a request that an anonymous one does not have.
fn added(figures: Figures<'_>, name: &str) -> String {
    let bytes = |journey| figures.median(Metric::BytesSent, &at(name, journey, None));
    let added = bytes("mine").zip(bytes("anonymous")).map(|(with, without)| whole(with - without));
    added.unwrap_or_else(|| "not measured".to_owned())
}

/// An interval that includes zero is no memory.
fn kept(figures: Figures<'_>, name: &str) -> String {
    match figures.estimate(Quantity::Memory, &at(name, "login", None)) {
        None => "not measured".to_owned(),
        Some(found) if found.low <= 0.0 => "none".to_owned(),
        Some(found) => whole(found.median),
    }
}

/// Why cost should rarely decide.
fn cost(material: &Material) -> String {
    let (figures, machine) = (Figures(&material.run), &material.run.machine);
    let password = figures.median(Metric::ServerCpu, &at("argon2id", "password", None));
    let look_up = figures.median(Quantity::Cpu, &mine("session, redis"));
    let look_ups = password.zip(look_up).map_or_else(|| "not measured".to_owned(), |(one, other)| whole(one / other));
    let why = format!(
        "**Cost should rarely decide.** A million requests take {} seconds of one core with a signed cookie, and {} with a \
         session in PostgreSQL; a day has 86,400. One password check takes as much as {look_ups} requests with \
         a session in Redis.",
        seconds(figures, "cookie signed, feed"),
        seconds(figures, "session, postgres"),
    );
    let how = format!(
        "Measured on {} on one processor of {} ({}): CPU time of service and store, over loopback, without TLS. A store \
         elsewhere adds a network round trip.",
        material.run.started.strftime("%-d %B %Y"),
        machine.processors,
        machine.processor,
    );
    format!("{}\n{}", wrapped(&why), wrapped(&how))
}

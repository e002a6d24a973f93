//! The recipe "an attack" of `CONTRIBUTING.md`, followed literally: a function, a line in the list, and a weak twin.

use std::sync::Arc;

use async_trait::async_trait;
use authlab_attacks::{
    attempt::Attempt,
    played::{Played, fell_if},
    row::Row,
};
use authlab_client::{request::Request, visitor::PASSWORD};
use authlab_mechanism::{Mechanism, login::Record, presented::Presented, refusal::Refusal};
use authlab_results::attacks::{AttackFamily, Outcome};
use serde_json::json;

use super::{
    outcome,
    twins::{
        mechanism::Weakness,
        server::{Weak, start},
    },
};

/// The function: it plays the attack over HTTP, and says whether it succeeded.
async fn find_the_password_in_the_record(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let answer = victim.ask(Request::get("/mine/record")).await?;
    fell_if(answer.text().contains(PASSWORD), "the record shows the password")
}

/// The row, as `rows/mod.rs` makes it from one line per attack.
static ROW: Row = Row {
    number: "A99",
    id: "recipe::find_the_password_in_the_record",
    family: AttackFamily::Exposure,
    title: "Find the password in the server's record",
    standard: "ASVS 16.2.5",
    play: |attempt| Box::pin(find_the_password_in_the_record(attempt)),
};

/// The weak twin: a service without this one defence.
struct RecordsThePassword;

#[async_trait]
impl Weakness for RecordsThePassword {
    async fn record(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Record, Refusal> {
        Ok(Record { record: Some(json!({"password": PASSWORD})), ..real.record(presented).await? })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attack_made_by_the_recipe_succeeds_on_its_twin_and_is_blocked_by_the_service() {
    for mechanism in ["cookie", "session", "token"] {
        let twin = start(mechanism, Weak::Mechanism(|_| Arc::new(RecordsThePassword))).await;
        let real = start(mechanism, Weak::Nothing).await;
        assert!(
            matches!(outcome(&ROW, &twin.deployment).await, Outcome::Fell { .. }),
            "{mechanism} without the defence"
        );
        assert_eq!(outcome(&ROW, &real.deployment).await, Outcome::Held, "{mechanism} with the defence");
    }
}

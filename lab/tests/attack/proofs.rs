//! The weak twins on which each attack must succeed. The few attacks without a twin have a reason.

use std::{sync::Arc, time::Duration};

use crate::twins::{
    believing::{self, FindsByTheBeginning, mending},
    endings::{
        BeginsAsTheNewest, CountsEndingsInSeconds, EndsAnybodysLogin, EndsInTheBrowserAlone, ForgetsOnlyTheClient,
        ForgetsWhatItReplaces, KeepsTheOtherLogins, RemembersTheText, WritesBackWhatItRead,
    },
    front::Front,
    handing_out::{CountsOneItemAlone, ForgetsTheName, KeepsTheCredential, LeavesItemsBehind, RecordsTheCredential},
    refreshing::{NeverSpendsARefreshToken, RefusesTheSpentOneAlone},
    server::Weak,
    tokens,
};

const ALL: [&str; 3] = ["cookie", "session", "token"];

/// One way to remove the defence, and the mechanisms to which it applies.
pub(crate) struct Proof {
    pub(crate) on: Vec<&'static str>,
    pub(crate) weak: fn() -> Weak,
}

/// A twin whose mechanism has this weakness.
macro_rules! weak {
    ($weakness:expr) => {
        || Weak::Mechanism(|_| Arc::new($weakness))
    };
}

/// A twin whose mechanism accepts a credential after repairing it like this.
macro_rules! believes {
    ($mend:path) => {
        || Weak::Mechanism(|ground| mending(ground, $mend))
    };
}

macro_rules! front {
    ($front:ident) => {
        || Weak::Front(Front::$front)
    };
}

fn on(on: &[&'static str], weak: fn() -> Weak) -> Proof {
    Proof { on: on.to_vec(), weak }
}

pub(crate) fn proofs(row: &str) -> Vec<Proof> {
    let everywhere = |weak| vec![on(&ALL, weak)];
    let tokens_alone = |weak| vec![on(&["token"], weak)];
    match row {
        "theft::replay_after_logout" | "theft::replay_after_ending_all_logins" => {
            everywhere(weak!(ForgetsOnlyTheClient))
        }
        "theft::replay_after_a_password_change" => everywhere(weak!(KeepsTheOtherLogins)),
        "theft::replay_after_ending_one_login" => vec![on(&["session", "token"], weak!(ForgetsOnlyTheClient))],
        "endings::log_in_while_the_password_changes" => everywhere(weak!(BeginsAsTheNewest)),
        "endings::outlive_two_endings_of_one_second" => everywhere(weak!(CountsEndingsInSeconds::default())),
        "endings::use_what_a_browser_held_before" => everywhere(weak!(ForgetsWhatItReplaces)),
        "theft::replay_after_expiry" => everywhere(weak!(EndsInTheBrowserAlone)),
        "theft::replay_an_older_credential_of_an_ended_login" => tokens_alone(weak!(RemembersTheText::default())),
        "state::write_while_logging_out" => everywhere(weak!(WritesBackWhatItRead::default())),
        "refresh::reuse_a_refresh_token" => vec![
            on(&["token"], weak!(NeverSpendsARefreshToken::default())),
            on(&["token"], weak!(RefusesTheSpentOneAlone::default())),
        ],
        "refresh::refresh_at_once" => tokens_alone(weak!(NeverSpendsARefreshToken::default())),
        "fixation::plant_a_credential" | "fixation::plant_a_made_up_credential" => {
            everywhere(weak!(KeepsTheCredential::default()))
        }
        "fixation::leave_items_behind" => everywhere(weak!(LeavesItemsBehind)),
        "fixation::toss_a_cookie" => everywhere(front!(TakesTheLastCookie)),
        "cookie_bytes::spell_the_name_with_white_space" => everywhere(front!(TrimsAllWhiteSpace)),
        "cookie_bytes::hide_the_login_behind_a_byte" => everywhere(front!(ReadsCookiesAsText)),
        "fixation::end_a_strangers_login" => vec![on(&["session", "token"], weak!(EndsAnybodysLogin::default()))],
        "tampering::change_each_character" | "tampering::cut_or_extend_it" => vec![
            on(&["cookie"], believes!(believing::compares_no_cookie_signature)),
            on(&["session"], weak!(FindsByTheBeginning::default())),
            on(&["token"], believes!(tokens::compares_no_signature)),
        ],
        "tampering::join_two_of_them" => vec![
            on(&["cookie"], believes!(believing::compares_no_cookie_signature)),
            on(&["token"], believes!(tokens::compares_no_signature)),
        ],
        "tampering::use_it_for_another_purpose" => {
            vec![on(&["cookie"], weak!(ForgetsTheName::default())), on(&["token"], believes!(tokens::reads_no_header))]
        }
        "tampering::name_a_member_twice" => vec![
            on(&["cookie"], believes!(believing::takes_the_last_cookie_member)),
            on(&["token"], believes!(tokens::reads_no_header)),
        ],
        "forgery::sign_with_common_secrets" => vec![
            on(&["cookie"], believes!(believing::believes_a_common_cookie_key)),
            on(&["token"], believes!(tokens::believes_a_common_secret)),
        ],
        "forgery::use_one_of_another_deployment" => everywhere(|| Weak::Shared),
        "forgery::sign_in_the_future" | "forgery::sign_absurd_times" => vec![
            on(&["cookie"], believes!(believing::ignores_the_stamp)),
            on(&["token"], believes!(tokens::ignores_time)),
        ],
        "forgery::sign_other_claims" => tokens_alone(believes!(tokens::ignores_issuer_and_audience)),
        "token_confusion::alg_none" => tokens_alone(believes!(tokens::believes_alg_none)),
        "token_confusion::another_algorithm" => vec![
            on(&["token"], believes!(tokens::goes_by_the_algorithm_of_the_token)),
            on(&["token with RS256"], weak!(tokens::TakesThePublicKeyForASecret::default())),
        ],
        "token_confusion::key_id_injection" => tokens_alone(believes!(tokens::reads_the_key_from_a_file)),
        "token_confusion::bring_your_own_key" => tokens_alone(believes!(tokens::believes_the_key_in_the_header)),
        "token_confusion::other_formats" => tokens_alone(believes!(tokens::reads_no_header)),
        "cross_site::act_for_the_victim" | "cross_site::log_the_victim_in" => everywhere(front!(TrustsEverySite)),
        "cross_site::send_json_as_text" => everywhere(front!(ReadsJsonUnderAnyName)),
        "cross_site::change_by_reading" => everywhere(front!(ChangesByGet)),
        "cross_site::read_across_origins" => everywhere(front!(AllowsEveryOrigin)),
        "cross_site::frame_the_page" => everywhere(front!(MayBeFramed)),
        "injection::split_the_headers" => everywhere(front!(WritesHeadersAsTheyCome)),
        "injection::put_markup_into_a_page" => everywhere(front!(WritesMarkupAsItComes)),
        "injection::register_a_twin_name" => everywhere(front!(ComparesNamesByteByByte)),
        "injection::redirect_elsewhere" => everywhere(front!(GoesWhereItIsTold)),
        "guessing::tell_names_apart" => everywhere(front!(AnswersUnknownNamesAtOnce)),
        "guessing::guess_a_password" => everywhere(front!(CountsNoFailures)),
        "throttle::hide_behind_many_addresses" => of_the_throttle(),
        "guessing::use_a_short_password" => everywhere(|| Weak::Settings(|settings| settings.password_min_length = 0)),
        "exhaustion::send_oversize_heads" => everywhere(front!(DropsOversizeHeaders)),
        "exhaustion::send_thousands_of_tiny_cookies" => everywhere(front!(ComparesEachCookieWithEach)),
        "exhaustion::grow_the_credential" => vec![on(&["cookie"], weak!(CountsOneItemAlone))],
        "exhaustion::hash_an_endless_password" => everywhere(front!(CutsEndlessPasswords)),
        // One mechanism is enough: the connection loop does not depend on the mechanism, and this attack takes long.
        "exhaustion::hold_connections_open" => {
            let patient = || Weak::Settings(|settings| settings.limits.header_timeout = Duration::from_mins(10));
            vec![on(&["session"], patient)]
        }
        "exhaustion::send_hostile_json" => everywhere(front!(ReadsJsonLeniently)),
        "routing::reach_it_by_another_path" => everywhere(front!(NormalisesPaths)),
        "routing::use_other_methods" => {
            vec![on(&ALL, front!(BelievesMethodHeaders)), on(&ALL, front!(EchoesTrace))]
        }
        "routing::smuggle_a_request" => everywhere(|| Weak::Wire),
        "routing::name_no_host_or_two" => everywhere(front!(TakesAnyHost)),
        "exposure::take_it_by_script" => everywhere(front!(HandsCookiesToScripts)),
        "exposure::catch_it_without_tls" => everywhere(front!(HandsCookiesToEveryLine)),
        "exposure::take_it_from_an_address" => everywhere(front!(TakesTokensFromAddresses)),
        "exposure::find_it_in_an_answer" => everywhere(weak!(RecordsTheCredential)),
        "exposure::take_it_from_a_cache" => everywhere(front!(AllowsCaching)),
        "caching::take_a_credential_from_a_cache" => tokens_alone(front!(RenewsOnEveryRoute)),
        "exposure::learn_from_errors" => everywhere(front!(NamesItself)),
        _ => Vec::new(),
    }
}

/// One mechanism per case is enough: the throttle does not depend on it, and each case hashes hundreds of passwords.
fn of_the_throttle() -> Vec<Proof> {
    vec![
        on(&["cookie"], front!(CountsEachIpv6Address)),
        on(&["session"], front!(ReadsNoPorts)),
        on(&["token"], front!(KnowsNoNetworkAgain)),
    ]
}

/// Attacks without a twin: they succeed on a real service, because its mechanism cannot prevent them.
pub(crate) const UNAVOIDABLE: &[&str] = &[
    "theft::use_a_stolen_credential",
    "theft::replay_after_a_partial_logout",
    "state::roll_back_an_item",
    "forgery::sign_with_the_stolen_key",
    "exposure::read_it_without_the_key",
];

//! All rows of the attack matrix, in the order of the table.

mod caching;
mod cookie_bytes;
mod cross_site;
mod endings;
mod exhaustion;
mod exposure;
mod fixation;
mod forgery;
mod guessing;
mod injection;
mod refresh;
mod routing;
mod state;
mod tampering;
mod theft;
mod throttle;
mod token_confusion;

use authlab_results::attacks::AttackFamily;

use super::{
    attempt::Attempt,
    played::{Ended, Played, by_nature, by_nature_if, fell, fell_if, not_applicable, not_applicable_if},
    row::Row,
};

/// Lists the rows; each row's function says how the attack works.
macro_rules! rows {
    ($($family:ident { $($number:literal $file:ident::$name:ident: $title:literal, $standard:literal;)+ })+) => {
        &[$($(Row {
            number: $number,
            id: concat!(stringify!($file), "::", stringify!($name)),
            family: AttackFamily::$family,
            title: $title,
            standard: $standard,
            play: |attempt| Box::pin($file::$name(attempt)),
        },)+)+]
    };
}

/// Numbers up to A40 come from the original attack matrix. Later rows have the numbers after it.
pub const ROWS: &[Row] = rows! {
    Theft {
        "A41" theft::use_a_stolen_credential: "Use a stolen credential while its login lives", "RFC 9700 §2.2; NIST SP 800-63B-4 §5.1";
        "A05" theft::replay_after_logout: "Replay it after the logout", "ASVS 7.4.1; NIST SP 800-63B-4 §5.1";
        "A62" theft::replay_after_a_partial_logout: "Replay it after a partial logout (`how=delete-cookie`)", "ASVS 7.4.1";
        "A06" theft::replay_after_a_password_change: "Replay it after a password change", "ASVS 7.4.3";
        "A07" theft::replay_after_ending_one_login: "Replay it after that login was ended from another", "ASVS 7.5.2; RFC 7009 §2";
        "A42" theft::replay_after_ending_all_logins: "Replay it after all logins were ended", "ASVS 7.4.3; ASVS 7.4.5";
        "A63" endings::log_in_while_the_password_changes: "Log in with the old password while it is being changed", "ASVS 7.4.3; CWE-367";
        "A64" endings::outlive_two_endings_of_one_second: "Outlive two endings of all logins within a second", "ASVS 7.4.3; CWE-367";
        "A65" endings::use_what_a_browser_held_before: "Use what a browser held before its last login", "ASVS 7.2.4; ASVS 7.4.1";
        "A08" theft::replay_after_expiry: "Replay it after its time is over", "ASVS 7.3.2; RFC 7519 §4.1.4";
        "A25" theft::replay_an_older_credential_of_an_ended_login: "Replay an older credential of a login that has ended", "ASVS 7.4.1; RFC 7519 §4.1.7";
        "A10" state::roll_back_an_item: "Bring back an old item with an old credential", "Django, cookie-based sessions: no freshness";
        "A16" state::write_while_logging_out: "Write at the moment of the logout, to bring the login back", "ASVS 15.4.2; ASVS 7.4.1";
        "A15" refresh::reuse_a_refresh_token: "Use a spent refresh token again", "RFC 9700 §4.14.2; ASVS 10.4.5";
        "A14" refresh::refresh_at_once: "Spend one refresh token many times at once", "RFC 9700 §4.14.2; ASVS 15.4.2";
    }
    Fixation {
        "A11" fixation::plant_a_credential: "Plant a credential, and share the victim's login", "ASVS 7.2.4";
        "A12" fixation::plant_a_made_up_credential: "Plant a made-up credential, and share the victim's login", "ASVS 7.2.1; ASVS 7.2.4";
        "A43" fixation::leave_items_behind: "Leave items behind for the next who logs in", "ASVS 14.3.1";
        "A27" fixation::toss_a_cookie: "Toss in a second cookie of the same name", "RFC 6265bis §8.6; ASVS 15.3.7";
        "A68" cookie_bytes::spell_the_name_with_white_space: "Plant a cookie whose name only looks like the credential's", "RFC 6265bis §4.1.3.2; RFC 9110 §5.6.3";
        "A69" cookie_bytes::hide_the_login_behind_a_byte: "Hide the login behind a byte in a cookie of another site", "RFC 6265bis §5.7; RFC 9110 §5.5";
        "A13" fixation::end_a_strangers_login: "End a stranger's login by its id", "ASVS 8.2.2";
    }
    Tampering {
        "A01" tampering::change_each_character: "Change each character of it", "ASVS 9.1.1; RFC 7515 §5.2";
        "A02" tampering::cut_or_extend_it: "Cut it short, or add to it", "ASVS 9.1.1; RFC 7515 §5.2";
        "A44" tampering::join_two_of_them: "Join the content of one with the signature of another", "ASVS 9.1.1";
        "A04" tampering::use_it_for_another_purpose: "Use what was signed for one purpose for another", "RFC 8725 §3.12; CVE-2026-6873";
        "A24" tampering::name_a_member_twice: "Name a member twice, in a payload that is signed", "RFC 7515 §4; RFC 7519 §4";
    }
    Forgery {
        "A03" forgery::sign_with_common_secrets: "Sign it with secrets that others have used", "RFC 8725 §3.5; RFC 7518 §3.2";
        "A40" forgery::sign_with_the_stolen_key: "Steal the key, and log in as anybody", "ASVS 13.3.1";
        "A71" forgery::use_one_of_another_deployment: "Show what another deployment gave to the same user name", "RFC 8725 §3.8; CWE-653";
        "A09" forgery::sign_in_the_future: "Show a credential from the future", "RFC 7519 §4.1.5; ASVS 9.2.1";
        "A22" forgery::sign_absurd_times: "Sign absurd times with a leaked key", "RFC 7519 §4.1.4; ASVS 9.2.1";
        "A23" forgery::sign_other_claims: "Sign foreign or missing claims with a leaked key", "RFC 8725 §3.8, §3.9; ASVS 9.2.3";
    }
    TokenConfusion {
        "A17" token_confusion::alg_none: "Say that there is no signature (`alg: none`)", "RFC 8725 §3.1; ASVS 9.1.2";
        "A18" token_confusion::another_algorithm: "Say another algorithm than the key is for", "RFC 8725 §3.1; ASVS 9.1.2";
        "A19" token_confusion::key_id_injection: "Put a path or a query into the key id", "RFC 8725 §3.10; ASVS 9.1.3";
        "A20" token_confusion::bring_your_own_key: "Bring the key along in the header", "RFC 8725 §3.10; ASVS 9.1.3";
        "A21" token_confusion::other_formats: "Ask for extensions and formats that are not understood", "RFC 7515 §4.1.11; RFC 7797";
    }
    CrossSite {
        "A26" cross_site::act_for_the_victim: "Act for the victim from another site", "ASVS 3.5.1; NIST SP 800-63B-4 §5.1";
        "A45" cross_site::log_the_victim_in: "Log the victim in as the attacker", "ASVS 3.5.1";
        "A46" cross_site::send_json_as_text: "Send JSON that a form can send", "ASVS 3.5.2";
        "A47" cross_site::change_by_reading: "Change something with a link", "ASVS 3.5.3; RFC 9110 §9.2.1";
        "A48" cross_site::read_across_origins: "Read the answer from another origin", "ASVS 3.4.2";
        "A49" cross_site::frame_the_page: "Frame the page", "ASVS 3.4.6";
    }
    Injection {
        "A29" injection::split_the_headers: "Split the headers with what is kept", "RFC 9110 §5.5; CWE-113";
        "A50" injection::put_markup_into_a_page: "Put markup into a page", "ASVS 1.2.1; ASVS 3.4.3";
        "A30" injection::register_a_twin_name: "Register a twin of a name", "RFC 8265 §3.3";
        "A38" injection::redirect_elsewhere: "Send the victim elsewhere after the login", "ASVS 3.7.2";
    }
    Guessing {
        "A31" guessing::tell_names_apart: "Find out which names exist", "ASVS 6.3.8";
        "A32" guessing::guess_a_password: "Guess a password, from ever other addresses", "ASVS 6.3.1; NIST SP 800-63B-4 §3.2.2";
        "A70" throttle::hide_behind_many_addresses: "Guess from ever other addresses of one client, and keep the owner out with it", "ASVS 6.3.1; NIST SP 800-63B-4 §3.2.2";
        "A51" guessing::use_a_short_password: "Register with a short password", "ASVS 6.2.1; NIST SP 800-63B-4 §3.1.1.2";
    }
    Exhaustion {
        "A28" exhaustion::send_oversize_heads: "Send oversize heads", "ASVS 13.1.2; RFC 6585 §5";
        "A66" exhaustion::send_thousands_of_tiny_cookies: "Send thousands of tiny cookies", "ASVS 15.2.2; CWE-407";
        "A52" exhaustion::grow_the_credential: "Grow one's own credential until nothing reads it", "ASVS 3.3.5; RFC 6265 §6.1";
        "A33" exhaustion::hash_an_endless_password: "Make it hash an endless password", "ASVS 15.2.2; CVE-2013-1443";
        "A34" exhaustion::hold_connections_open: "Hold connections open with half a request", "ASVS 13.1.2; RFC 9112 §9.5";
        "A35" exhaustion::send_hostile_json: "Send hostile JSON", "RFC 8259 §9; ASVS 15.3.7";
    }
    Routing {
        "A36" routing::reach_it_by_another_path: "Reach the login by another spelling of the path", "RFC 3986 §6.2; CWE-436";
        "A53" routing::use_other_methods: "Use other methods, or say that they are others", "ASVS 4.1.4; ASVS 13.4.4";
        "A54" routing::smuggle_a_request: "Smuggle a second request", "RFC 9112 §6.1; ASVS 4.2.1";
        "A55" routing::name_no_host_or_two: "Name no host, or two", "RFC 9112 §3.2";
    }
    Exposure {
        "A56" exposure::read_it_without_the_key: "Read in it who it is, without the key", "ASVS 14.1.1; RFC 8725 §3.11";
        "A57" exposure::take_it_by_script: "Take it by a script in the page", "ASVS 3.3.4; RFC 9700 §2.2";
        "A58" exposure::catch_it_without_tls: "Catch it on a line without TLS, or by a link", "ASVS 3.3.1, 3.3.2; RFC 6265bis §8.3";
        "A37" exposure::take_it_from_an_address: "Take it from an address that was logged", "RFC 9700 §4.3.2; ASVS 14.2.1";
        "A59" exposure::find_it_in_an_answer: "Find it in another answer or in the server's record", "ASVS 16.2.5; RFC 6819 §5.1.4.1.3";
        "A60" exposure::take_it_from_a_cache: "Take an answer from a cache", "ASVS 14.3.2; RFC 9111 §5.2.2.5";
        "A67" caching::take_a_credential_from_a_cache: "Take a credential from an answer that caches keep", "RFC 9111 §7.3; ASVS 14.3.2";
        "A61" exposure::learn_from_errors: "Learn what runs there from its errors", "ASVS 16.5.1; ASVS 13.4.6";
    }
};

/// The row of this number or id.
pub fn find(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.number.eq_ignore_ascii_case(name) || row.id == name)
}

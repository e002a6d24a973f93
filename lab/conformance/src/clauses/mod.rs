//! The list of clauses, in the order in which they run.

mod about;
mod accounts;
mod credentials;
mod cross_site;
mod headers;
mod item_limits;
mod items;
mod login;
mod logins;
mod logout;
mod mine;
mod oauth;
mod only_cookie;
mod only_session;
mod only_token;
mod opaque;
mod pages;
mod password;
mod problems;
mod refresh;
mod seals;
mod throttling;

use super::clause::{Clause, ContractSection};

/// Names the clauses; what each asks stands in its function.
macro_rules! clauses {
    ($($section:ident { $($file:ident::$name:ident: $sentence:literal,)+ })+) => {
        &[$($(Clause {
            id: concat!(stringify!($file), "::", stringify!($name)),
            section: ContractSection::$section,
            sentence: $sentence,
            check: |context| Box::pin($file::$name(context)),
        },)+)+]
    };
}

pub(super) const CLAUSES: &[Clause] = clauses! {
    Shapes {
        problems::an_unknown_path_is_not_found: "An unknown path is 404 `not-found`.",
        problems::a_wrong_method_is_told_which_are_allowed: "A wrong method is 405 `method-not-allowed` with Allow.",
        problems::a_content_type_that_is_not_read_is_refused: "A body of another content type is 415 `unsupported-media-type`.",
        problems::a_content_type_may_name_its_charset: "JSON with a charset is JSON.",
        problems::malformed_json_is_malformed: "Malformed JSON is 400 `malformed-request`.",
        problems::wrong_types_and_missing_members_are_invalid: "Wrong types and missing members are 422 `invalid-input`.",
        problems::a_body_too_large_for_any_call_is_refused: "A body too large for any call is 413 `too-large`.",
        problems::deeply_nested_json_is_refused_not_fatal: "Deeply nested JSON is refused, and the service lives on.",
        problems::every_answer_carries_a_request_id_of_its_own: "Every answer carries an X-Request-Id of its own.",
        problems::what_depends_on_the_login_is_not_stored: "Answers that depend on the login carry `Cache-Control: no-store`.",
        pages::who_asks_for_json_gets_json: "Who prefers JSON gets JSON, who prefers HTML gets a page.",
        pages::a_browser_gets_pages: "`/`, `/login` and `/register` answer a browser in HTML.",
        pages::the_forms_post_what_the_calls_take: "The forms post a username and a password.",
        pages::an_anonymous_browser_is_led_to_the_login: "Not logged in on `/mine` is 303 to `/login?next=/mine`.",
        pages::a_form_registers_and_leads_on: "A registration form that succeeded is 303.",
        pages::a_form_logs_in_with_a_cookie: "A login form that succeeded is 303, with the credential in a cookie.",
        pages::a_login_leads_on_within_this_service_alone: "`next` leads to a local path only.",
        pages::a_form_logs_out_and_leads_on: "A logout form that succeeded is 303.",
        pages::a_form_changes_the_password: "A password form that succeeded is 303, and the login goes on.",
        pages::nothing_that_was_typed_becomes_markup: "Nothing that was typed becomes markup.",
    }
    Guards {
        cross_site::another_site_changes_nothing: "A change that another site started is 403 `cross-site-request`.",
        cross_site::this_site_and_no_browser_at_all_pass: "The same origin passes, and so does a client that is no browser.",
        cross_site::a_link_from_another_site_may_be_followed: "A link from another site may be followed.",
        cross_site::reading_never_logs_out: "GET never changes anything.",
        cross_site::a_method_cannot_be_overridden: "A header or a query cannot override the method.",
        headers::no_browser_guesses_a_type: "Every answer carries `X-Content-Type-Options: nosniff`.",
        headers::no_page_is_framed_elsewhere: "Every answer says by whom it may be framed.",
        headers::no_address_is_passed_on: "Every answer carries a Referrer-Policy.",
        headers::every_cookie_is_dressed_alike: "Every cookie is HttpOnly, SameSite=Lax, Path=/, without Domain.",
        headers::no_cookie_is_larger_than_a_browser_takes: "No cookie exceeds 4,096 bytes, name and attributes included.",
        headers::one_host_is_named: "No Host header, or two of them, is 400.",
        credentials::a_changed_credential_is_no_login: "A changed, cut or invented credential is 401 `not-logged-in`.",
        credentials::what_cannot_be_a_credential_is_refused: "What cannot be a credential is refused, and is no fault of the server.",
        credentials::a_changed_credential_breaks_no_call: "A changed credential breaks no call.",
        credentials::of_two_cookies_that_differ_none_is_believed: "Of two different credential cookies none is believed; a logout ends both.",
        credentials::carriers_that_disagree_are_ambiguous: "Two carriers that disagree are 400 `malformed-request`.",
        credentials::a_token_in_the_url_counts_only_where_about_says_so: "A token in the URL counts only where /about says so.",
        credentials::another_scheme_is_no_login: "Another scheme of authorization is no login.",
    }
    Accounts {
        accounts::a_new_name_is_registered: "A new name is registered: 201 with the name, and no credential yet.",
        accounts::a_name_is_taken_however_it_is_spelled: "A name is taken in every spelling (NFKC_Casefold): 409.",
        accounts::what_shows_nothing_does_not_make_another_name: "A name with invisible characters added is taken: 409.",
        accounts::a_name_that_shows_nothing_is_refused: "A name that shows nothing is 422.",
        accounts::any_unicode_name_can_log_in: "Any Unicode name can register and log in.",
        accounts::a_name_logs_in_however_it_is_spelled: "A name logs in in another spelling too.",
        accounts::an_empty_or_over_long_name_is_refused: "An empty or over-long name is 422.",
        accounts::a_short_password_is_refused_by_characters_not_bytes: "A password under 15 characters is 422, whatever its bytes.",
        accounts::fifteen_characters_of_any_script_are_enough: "15 characters of any script are enough.",
        accounts::an_over_long_password_is_refused: "A password over 1,024 characters is 422.",
        accounts::the_longest_password_counts_to_its_end: "A password of 1,024 characters counts to its last.",
        accounts::a_password_is_one_in_either_spelling: "A password is the same composed or decomposed (NFC).",
        accounts::what_is_guessed_first_is_no_password: "A common password, or the username as password, is 422.",
        login::the_login_says_whose_it_is_and_until_when: "A login is 200 with whose it is and until when.",
        login::a_password_is_taken_as_it_is: "A password is taken as it is, spaces included.",
        login::an_unknown_name_is_refused_like_a_wrong_password: "An unknown name is refused in the words and the time of a wrong password.",
        login::a_refused_login_hands_out_nothing: "A refused login hands out nothing.",
        login::a_link_cannot_log_anybody_in: "A link cannot log anybody in.",
        login::each_login_has_a_credential_of_its_own: "Each login of an account stands for itself.",
        mine::mine_says_who_and_what: "`/mine` says who, until when, and which items.",
        mine::mine_is_for_those_who_are_logged_in: "`/mine` without a login is 401 with WWW-Authenticate.",
        mine::reading_changes_nothing_and_hands_out_nothing: "An anonymous reader is handed no cookie.",
        mine::two_visitors_are_kept_apart: "Two visitors are kept apart.",
        mine::the_record_says_where_it_lives: "`/mine/record` says where the login is kept, as /about does.",
        mine::the_record_does_not_show_the_credential: "`/mine/record` does not show the credential.",
        logout::logging_out_ends_the_login: "Logging out is 204 and ends the login.",
        logout::anybody_may_log_out_as_often_as_they_like: "Logging out is 204 for nobody, and the second time.",
        logout::the_credential_is_cleared_as_it_was_set: "The credential is cleared with the attributes it was set with.",
        logout::what_the_server_kept_is_gone: "What the server kept is gone.",
        logout::a_copy_dies_with_the_login_where_the_mechanism_can: "A copy dies with the login, or /about says that it cannot.",
        logout::a_logout_goes_part_of_the_way_or_is_refused: "A partial logout says what it left, or 501 `mechanism-cannot`.",
        logout::an_unknown_way_to_log_out_is_refused: "An unknown way to log out is 422, and nobody is logged out.",
        logout::other_logins_of_the_account_go_on: "Other logins of the account go on.",
        password::this_login_goes_on: "After a change of password this login goes on, with a fresh credential.",
        password::only_the_new_password_logs_in: "Only the new password logs in.",
        password::every_other_login_ends_where_the_mechanism_can: "Every other login ends, or /about says that it cannot.",
        password::the_old_credential_ends_where_the_mechanism_can: "So does a copy of the old credential.",
        password::the_current_password_must_be_right: "A wrong current password is 401 and changes nothing.",
        password::a_new_password_is_judged_like_a_first: "A new password is judged like a first one.",
        password::nobody_changes_a_password_without_a_login: "A password is changed only with a login.",
        password::half_a_change_is_invalid: "A change without one of its two passwords is 422.",
        logins::the_logins_are_listed_or_refused: "Logins are listed, or 501 `mechanism-cannot` says why not.",
        logins::one_login_is_ended_or_refused: "One login is ended and no other, or 501.",
        logins::the_current_login_may_be_the_one: "The current login may be the one that is ended, or 501.",
        logins::all_logins_are_ended_or_refused: "All logins are ended at once, or 501.",
        logins::all_others_are_ended_or_refused: "`DELETE /logins?except=current` ends all other logins and this one goes on, or 501.",
        logins::a_login_beyond_the_limit_ends_another: "A login beyond `logins_at_most` ends the one least recently used.",
        logins::nobody_ends_a_strangers_login: "Nobody ends a stranger's login.",
        logins::the_id_of_a_login_opens_nothing: "The id of a login is no credential.",
        oauth::calls_for_tokens_are_answered_or_refused: "Calls for tokens are answered, or 501 `mechanism-cannot`.",
        logins::logins_are_for_those_who_are_logged_in: "Logins are for those who are logged in.",
    }
    Items {
        items::an_item_comes_back: "An item comes back with its key, its value and its end.",
        items::any_text_comes_back_as_it_was: "Any Unicode text comes back as it was.",
        items::an_unknown_item_is_not_found: "An unknown item is 404.",
        items::items_are_listed: "Items are listed, in `/items` and in `/mine`.",
        items::a_second_text_takes_the_place_of_the_first: "A second text takes the place of the first.",
        items::an_item_is_removed_once_or_twice: "An item is removed, also when there was none.",
        items::all_items_are_removed_and_the_login_stays: "All items are removed at once, and the login stays.",
        items::a_key_is_one_to_64_of_its_alphabet: "A key is 1 to 64 of A-Za-z0-9_-; any other is 422.",
        items::a_value_is_a_text: "A value is a text and an age whole seconds; anything else is 422.",
        item_limits::an_item_ends_when_its_time_is_over: "An item ends when its time is over.",
        item_limits::an_item_says_when_it_ends_where_that_is_known: "An item says when it ends, where that is known.",
        item_limits::what_is_too_large_changes_nothing: "What is too large is 413 with the limit named, and changes nothing.",
        item_limits::a_thousand_characters_fit_everywhere: "A thousand characters fit everywhere.",
        item_limits::a_full_store_keeps_what_it_has: "One item too many is 413, and what had fitted can still be shown.",
        item_limits::a_client_with_all_that_it_may_carry_goes_on: "A client with all the items that it may carry can log in again and log out.",
        item_limits::clients_that_never_logged_in_keep_items_or_are_told: "Clients that never logged in keep items, or get 401.",
        item_limits::items_from_before_the_login_are_kept: "Items from before the login are kept.",
        item_limits::items_written_at_once_survive_where_the_mechanism_can: "Items written at once survive where /about says so.",
    }
    About {
        about::about_says_what_the_contract_lists: "/about says what the contract lists.",
        about::about_does_not_contradict_itself: "/about does not contradict itself.",
        about::the_service_is_alive_and_ready: "The service is alive and ready.",
        about::metrics_are_prometheus_text: "/metrics is Prometheus text.",
        about::metrics_name_nobody: "/metrics names no visitor and no secret.",
        about::the_interface_is_described_in_openapi: "/openapi.json is OpenAPI 3.1 and names every path.",
        about::the_docs_load_nothing_from_elsewhere: "/docs loads nothing from elsewhere.",
    }
    OnlyCookie {
        only_cookie::the_login_is_a_signed_cookie: "The login is the cookie `login`: value, stamp, signature.",
        only_cookie::an_item_is_a_cookie_of_its_own: "An item is a cookie of its own, named by its key.",
        only_cookie::a_changed_item_is_a_bad_signature: "A changed or moved item is 400 `bad-signature`, never its value.",
        only_cookie::the_name_of_the_login_is_reserved: "The name `login` is reserved.",
        seals::every_seal_gives_the_text_back: "Plain, signed and private items give their text back.",
        seals::a_private_item_cannot_be_read_in_the_cookie: "A private item cannot be read in its cookie.",
        seals::a_seal_opens_under_its_own_salt_alone: "A wrong salt or a moved value is 400 `bad-signature`.",
        seals::a_seal_is_not_taken_for_another: "What was sealed one way does not open in another.",
        seals::plain_and_salted_items_are_not_listed: "Plain items and those with a salt are not listed.",
        seals::a_stamp_older_than_the_reader_allows_is_refused: "A stamp older than `max_age` is 400 `bad-signature`.",
        seals::a_private_item_knows_its_own_end: "A private item ends by itself, whatever the browser keeps.",
        seals::a_client_carries_a_hundred_items_at_most: "The 101st item is 413.",
        seals::what_is_no_seal_is_refused: "An unknown seal or an endless salt is 422.",
    }
    OnlySession {
        only_session::the_key_is_32_random_characters: "`sessionid` is 32 characters of a-z0-9.",
        only_session::logging_in_changes_the_key_and_keeps_the_items: "Logging in changes the key and keeps the items.",
        only_session::a_key_of_the_clients_choice_is_never_adopted: "A key of the client's choice is never adopted.",
        only_session::a_client_that_only_reads_gets_no_session: "A client that only reads gets no session.",
        only_session::the_cookie_lives_as_long_as_the_session: "The cookie lives as long as the session.",
        only_session::a_logout_flushes_unless_told_otherwise: "`how=flush` is the default: record and cookie go.",
        only_session::deleting_the_cookie_leaves_the_record_to_whoever_kept_the_key: "`how=delete-cookie`: the key works on.",
        only_session::deleting_the_login_leaves_the_record_and_the_cookie: "`how=delete-login`: record and cookie stay.",
        only_session::clearing_leaves_an_empty_record_under_the_same_key: "`how=clear`: all data goes, the key stays.",
        only_session::half_a_logout_can_be_done_twice: "A second logout never errs, whichever way.",
        only_session::what_a_login_left_behind_is_not_for_the_next_account: "What a login left is not for another account.",
    }
    OnlyToken {
        only_token::json_gets_the_token_in_the_body_and_no_cookie: "A JSON client gets the token in the body and no cookie.",
        only_token::a_form_gets_the_cookie_token_and_no_body: "A form gets the cookie `token` and no token in the body.",
        only_token::bearer_is_read_in_any_case: "The scheme Bearer is read in any case.",
        only_token::the_new_token_holds_the_item_and_the_old_one_does_not: "An item is in the new token and not in the old.",
        only_token::an_item_written_by_cookie_comes_back_as_a_cookie: "A token that came by cookie is renewed by cookie.",
        refresh::a_form_login_brings_both_cookies: "A form gets the refresh token in a cookie, and loses it with the login.",
        refresh::a_refresh_token_buys_a_new_pair: "`POST /token` exchanges a refresh token for a new pair.",
        refresh::within_the_grace_the_same_successor_is_told_again: "Within the grace a spent one buys the same successor.",
        refresh::a_spent_one_ends_the_whole_family: "A spent one used again ends the whole family.",
        refresh::many_at_once_get_one_successor: "Spent many times at once, it has one successor.",
        refresh::what_is_no_refresh_is_refused_in_oauths_words: "What is no refresh is 400 with the `error` of RFC 6749.",
        refresh::neither_token_is_taken_for_the_other: "A refresh token opens nothing, an access token buys nothing.",
        refresh::items_go_over_from_the_token_that_is_shown_along: "Items go over from the token that is shown along.",
        refresh::a_login_that_has_ended_is_refreshed_no_more: "A login that has ended is refreshed no more.",
        oauth::revoking_a_refresh_token_ends_its_login: "`POST /revoke` with a refresh token ends its login.",
        oauth::revoking_an_access_token_ends_it_or_is_refused: "`POST /revoke` ends an access token, or says why not.",
        oauth::revoking_what_is_unknown_is_no_mistake: "Revoking an unknown token is 200.",
        oauth::nobody_introspects_without_leave: "`POST /introspect` is not open to everyone.",
        opaque::an_opaque_token_keeps_its_items_in_its_row: "An opaque token keeps its items in its row and answers 204.",
        opaque::items_written_at_once_to_an_opaque_token_survive: "Items written to it at once survive.",
        opaque::an_opaque_token_is_random_and_taken_whole: "An opaque token is random, and taken whole or not at all.",
        opaque::an_opaque_login_ends_at_once: "A login by an opaque token ends at once.",
        opaque::logins_of_either_kind_stand_in_one_list: "Logins of either kind stand in one list.",
        opaque::an_unknown_kind_is_refused: "An unknown kind of token is 422.",
        only_token::public_keys_are_for_everybody_and_no_key_that_signs_is_among_them: "`/.well-known/jwks.json` lists the public keys and no other.",
    }
    Throttling {
        throttling::repeated_failures_are_slowed_down: "Repeated failures are 429 `too-many-attempts` with Retry-After.",
    }
};

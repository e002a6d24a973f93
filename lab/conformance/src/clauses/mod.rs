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
mod verify;

use super::{
    clause::{Applied, Checked, Clause, ClauseOutcome, ContractSection},
    context::Context,
};

/// Lists the clauses; each clause's function makes the requests.
macro_rules! clauses {
    ($($section:ident { $($file:ident::$name:ident: $sentence:literal,)+ })+) => {
        &[$($(Clause {
            id: concat!(stringify!($file), "::", stringify!($name)),
            section: ContractSection::$section,
            sentence: $sentence,
            check: |context| Box::pin(async move { $file::$name(context).await.map(ClauseOutcome::from) }),
        },)+)+]
    };
}

/// Every clause of `docs/contract.md` that requests over HTTP can check.
pub const CLAUSES: &[Clause] = clauses! {
    Shapes {
        problems::an_unknown_path_is_not_found: "An unknown path is 404 `not-found`.",
        problems::a_wrong_method_is_told_which_are_allowed: "A wrong method is 405 `method-not-allowed` with Allow.",
        problems::a_content_type_that_is_not_read_is_refused: "A body of another content type is 415 `unsupported-media-type`.",
        problems::a_content_type_may_name_its_charset: "A JSON content type may name a charset.",
        problems::malformed_json_is_malformed: "Malformed JSON is 400 `malformed-request`.",
        problems::wrong_types_and_missing_members_are_invalid: "Wrong types and missing members are 422 `invalid-input`.",
        problems::a_body_too_large_for_any_call_is_refused: "A body too large for any call is 413 `too-large`.",
        problems::deeply_nested_json_is_refused_not_fatal: "Deeply nested JSON is refused, and the service keeps running.",
        problems::every_answer_carries_a_request_id_of_its_own: "Every answer carries its own X-Request-Id.",
        problems::what_depends_on_the_login_is_not_stored: "Answers that depend on the login carry `Cache-Control: no-store`.",
        pages::who_asks_for_json_gets_json: "A client that prefers JSON gets JSON, and one that prefers HTML gets a page.",
        pages::a_browser_gets_pages: "`/`, `/login` and `/register` answer a browser in HTML.",
        pages::the_forms_post_what_the_calls_take: "The forms post a username and a password.",
        pages::an_anonymous_browser_is_led_to_the_login: "Without a login, `/mine` sends a browser to `/login?next=/mine` with 303.",
        pages::a_form_registers_and_leads_on: "A successful registration form is answered with 303.",
        pages::a_form_logs_in_with_a_cookie: "A successful login form is answered with 303 and the credential in a cookie.",
        pages::a_login_leads_on_within_this_service_alone: "`next` leads to a local path only.",
        pages::a_form_logs_out_and_leads_on: "A successful logout form is answered with 303.",
        pages::a_form_changes_the_password: "A successful password form is answered with 303, and the login goes on.",
        pages::nothing_that_was_typed_becomes_markup: "Text from a user never becomes markup.",
    }
    Guards {
        cross_site::another_site_changes_nothing: "A change triggered by another site is 403 `cross-site-request`.",
        cross_site::this_site_and_no_browser_at_all_pass: "Requests of the same origin and of clients that are no browser are accepted.",
        cross_site::a_link_from_another_site_may_be_followed: "A link from another site may be followed.",
        cross_site::reading_never_logs_out: "GET never changes anything.",
        cross_site::a_method_cannot_be_overridden: "A header or a query cannot override the method.",
        headers::no_browser_guesses_a_type: "Every answer carries `X-Content-Type-Options: nosniff`.",
        headers::no_page_is_framed_elsewhere: "Every answer has a `frame-ancestors` policy.",
        headers::no_address_is_passed_on: "Every answer carries a Referrer-Policy.",
        headers::every_cookie_is_dressed_alike: "Every cookie is HttpOnly, SameSite=Lax, Path=/, without Domain.",
        headers::no_cookie_is_larger_than_a_browser_takes: "No cookie exceeds 4,096 bytes, name and attributes included.",
        headers::one_host_is_named: "No Host header, or two of them, is 400.",
        credentials::a_changed_credential_is_no_login: "A changed, cut or invented credential is 401 `not-logged-in`.",
        credentials::what_cannot_be_a_credential_is_refused: "Text that cannot be a credential is refused without a server fault.",
        credentials::a_changed_credential_breaks_no_call: "No call fails with a server fault because of a changed credential.",
        credentials::of_two_cookies_that_differ_none_is_believed: "Two different credential cookies are both ignored; a logout ends both.",
        credentials::carriers_that_disagree_are_ambiguous: "Two carriers that disagree are 400 `malformed-request`.",
        credentials::a_token_in_the_url_counts_only_where_about_says_so: "A token in the URL counts only where /about says so.",
        credentials::another_scheme_is_no_login: "Another authorization scheme is no login.",
    }
    Accounts {
        accounts::a_new_name_is_registered: "A new name is registered: 201 with the name, and no credential yet.",
        accounts::a_name_is_taken_however_it_is_spelled: "A registered name is taken in every spelling (NFKC_Casefold): 409.",
        accounts::what_shows_nothing_does_not_make_another_name: "A name with invisible characters added is taken: 409.",
        accounts::a_name_that_shows_nothing_is_refused: "A name of invisible characters is 422.",
        accounts::any_unicode_name_can_log_in: "Any Unicode name can register and log in.",
        accounts::a_name_logs_in_however_it_is_spelled: "A user can log in with another spelling of the name.",
        accounts::an_empty_or_over_long_name_is_refused: "An empty or over-long name is 422.",
        accounts::a_short_password_is_refused_by_characters_not_bytes: "A password under 15 characters is 422, whatever its bytes.",
        accounts::fifteen_characters_of_any_script_are_enough: "15 characters of any script are enough.",
        accounts::an_over_long_password_is_refused: "A password over 1,024 characters is 422.",
        accounts::the_longest_password_counts_to_its_end: "All 1,024 characters of the longest password count.",
        accounts::a_password_is_one_in_either_spelling: "A password is the same composed or decomposed (NFC).",
        accounts::what_is_guessed_first_is_no_password: "A common password, or the username as password, is 422.",
        login::the_login_says_whose_it_is_and_until_when: "A login is 200 with the username and the expiry.",
        login::a_password_is_taken_as_it_is: "A password is used unchanged, spaces included.",
        login::an_unknown_name_is_refused_like_a_wrong_password: "An unknown name is refused with the same words and in the same time as a wrong password.",
        login::a_refused_login_hands_out_nothing: "A refused login hands out nothing.",
        login::a_link_cannot_log_anybody_in: "A link cannot log anybody in.",
        login::each_login_has_a_credential_of_its_own: "Each login of an account has a different credential, and works independently.",
        mine::mine_says_who_and_what: "`/mine` returns the username, the expiry and the items.",
        mine::mine_is_for_those_who_are_logged_in: "`/mine` without a login is 401 with WWW-Authenticate.",
        mine::reading_changes_nothing_and_hands_out_nothing: "A client without a login gets no cookie for reading.",
        mine::two_visitors_are_kept_apart: "Two users never see each other's data.",
        mine::the_record_says_where_it_lives: "`/mine/record` says where the login is stored, and agrees with /about.",
        mine::the_record_does_not_show_the_credential: "`/mine/record` does not show the credential.",
        logout::logging_out_ends_the_login: "Logging out is 204 and ends the login.",
        logout::anybody_may_log_out_as_often_as_they_like: "Logging out is 204 also without a login, and also the second time.",
        logout::the_credential_is_cleared_as_it_was_set: "The credential is cleared with the attributes it was set with.",
        logout::what_the_server_kept_is_gone: "After a logout the server's record of the login is deleted.",
        logout::a_copy_dies_with_the_login_where_the_mechanism_can: "A logout ends every copy of the credential, or /about says that it cannot.",
        logout::a_logout_goes_part_of_the_way_or_is_refused: "A partial logout names what remains, or is 501 `mechanism-cannot`.",
        logout::an_unknown_way_to_log_out_is_refused: "An unknown way to log out is 422, and the login goes on.",
        logout::other_logins_of_the_account_go_on: "Other logins of the account go on.",
        password::this_login_goes_on: "After a password change this login goes on, with a fresh credential.",
        password::only_the_new_password_logs_in: "Only the new password logs in.",
        password::every_other_login_ends_where_the_mechanism_can: "A password change ends every other login, or /about says that it cannot.",
        password::the_old_credential_ends_where_the_mechanism_can: "A password change ends every copy of the old credential, or /about says that it cannot.",
        password::the_current_password_must_be_right: "A wrong current password is 401 and changes nothing.",
        password::a_new_password_is_judged_like_a_first: "A new password must meet the same rules as a first one.",
        password::nobody_changes_a_password_without_a_login: "A password is changed only with a login.",
        password::half_a_change_is_invalid: "A change without one of its two passwords is 422.",
        logins::the_logins_are_listed_or_refused: "Logins are listed, or 501 `mechanism-cannot` says why not.",
        logins::one_login_is_ended_or_refused: "Ending one login ends no other login, or is 501.",
        logins::the_current_login_may_be_the_one: "A client can end its current login by its id, or gets 501.",
        logins::all_logins_are_ended_or_refused: "One call ends all logins, or is 501.",
        logins::all_others_are_ended_or_refused: "`DELETE /logins?except=current` ends all other logins and keeps this one, or is 501.",
        logins::a_login_beyond_the_limit_ends_another: "A login beyond `logins_at_most` ends the one least recently used.",
        logins::nobody_ends_a_strangers_login: "A user cannot end another user's login.",
        logins::the_id_of_a_login_opens_nothing: "The id of a login is no credential.",
        oauth::calls_for_tokens_are_answered_or_refused: "Calls for tokens are answered, or 501 `mechanism-cannot`.",
        logins::logins_are_for_those_who_are_logged_in: "Listing and ending logins needs a login.",
        verify::a_gateway_learns_who_is_calling: "`/verify` is 200 with the username, the ids and the times of the login in headers, and an empty body.",
        verify::any_name_travels_in_a_header: "`Remote-User` is the username in UTF-8, percent-encoded.",
        verify::each_login_has_an_id_of_its_own: "`/verify` names one account id for all logins of an account, and a login id for each.",
        verify::the_id_is_that_of_the_list: "The login id of `/verify` is that of `/logins`.",
        verify::every_method_and_path_is_answered: "`/verify` answers every method and every path below it, and sets no cookie unasked.",
        verify::without_a_login_it_is_401: "Without a login, `/verify` is 401 and names the way to the login.",
        verify::what_is_400_elsewhere_is_401_here: "What is a client's error elsewhere is 401 at `/verify`.",
        verify::another_site_may_have_caused_the_request: "`/verify` answers requests that another site has caused, and reads no body.",
        verify::a_browser_is_led_to_the_login_if_the_gateway_wants_it: "With `redirect=on`, a browser that is not logged in is sent to the login with 303.",
    }
    Items {
        items::an_item_comes_back: "An item is returned with its key, its value and its expiry.",
        items::any_text_comes_back_as_it_was: "Any Unicode text is returned unchanged.",
        items::an_unknown_item_is_not_found: "An unknown item is 404.",
        items::items_are_listed: "Items are listed, in `/items` and in `/mine`.",
        items::a_second_text_takes_the_place_of_the_first: "A second text replaces the first.",
        items::an_item_is_removed_once_or_twice: "Deleting an item succeeds, also if it does not exist.",
        items::all_items_are_removed_and_the_login_stays: "One call deletes all items, and the login stays.",
        items::a_key_is_one_to_64_of_its_alphabet: "A key is 1 to 64 of A-Za-z0-9_-; any other is 422.",
        items::a_value_is_a_text: "`value` must be text and `max_age` whole seconds; anything else is 422.",
        item_limits::an_item_ends_when_its_time_is_over: "An item expires after its `max_age`.",
        item_limits::an_item_says_when_it_ends_where_that_is_known: "An item is returned with its expiry, if the format stores one.",
        item_limits::what_is_too_large_changes_nothing: "A value that is too large is 413 with the limit named, and changes nothing.",
        item_limits::a_thousand_characters_fit_everywhere: "Every mechanism stores a value of a thousand characters.",
        item_limits::a_full_store_keeps_what_it_has: "One item too many is 413, and the earlier items can still be read.",
        item_limits::a_client_with_all_that_it_may_carry_goes_on: "A client with the maximum of items can log in again and log out.",
        item_limits::clients_that_never_logged_in_keep_items_or_are_told: "Clients that never logged in keep items, or get 401.",
        item_limits::items_from_before_the_login_are_kept: "Items from before the login are kept.",
        item_limits::items_written_at_once_survive_where_the_mechanism_can: "Items written concurrently all survive, if /about says so.",
    }
    About {
        about::about_says_what_the_contract_lists: "/about has every member that the contract lists.",
        about::about_does_not_contradict_itself: "/about does not contradict itself.",
        about::the_service_is_alive_and_ready: "The service is alive and ready.",
        about::metrics_are_prometheus_text: "/metrics is Prometheus text.",
        about::metrics_name_nobody: "/metrics contains no user's data and no secret.",
        about::the_interface_is_described_in_openapi: "/openapi.json is OpenAPI 3.1 and names every path.",
        about::the_docs_load_nothing_from_elsewhere: "/docs loads nothing from another host.",
    }
    OnlyCookie {
        only_cookie::the_login_is_a_signed_cookie: "The login is the cookie `login`: value, time stamp, signature.",
        only_cookie::an_item_is_a_cookie_of_its_own: "Each item is a separate cookie, named by its key.",
        only_cookie::a_changed_item_is_a_bad_signature: "A changed or moved item is 400 `bad-signature`, never its value.",
        only_cookie::the_name_of_the_login_is_reserved: "The name `login` is reserved.",
        seals::every_seal_gives_the_text_back: "Plain, signed and private items are returned unchanged.",
        seals::a_private_item_cannot_be_read_in_the_cookie: "A private item cannot be read in its cookie.",
        seals::a_seal_opens_under_its_own_salt_alone: "A wrong salt or a moved value is 400 `bad-signature`.",
        seals::a_seal_is_not_taken_for_another: "A value sealed in one way does not open in another.",
        seals::plain_and_salted_items_are_not_listed: "Plain items and items with a salt are not listed.",
        seals::a_stamp_older_than_the_reader_allows_is_refused: "A time stamp older than `max_age` is 400 `bad-signature`.",
        seals::a_private_item_knows_its_own_end: "A private item expires even if the browser keeps the cookie.",
        seals::a_client_carries_a_hundred_items_at_most: "The 101st item is 413.",
        seals::what_is_no_seal_is_refused: "An unknown seal or an over-long salt is 422.",
    }
    OnlySession {
        only_session::the_key_is_32_random_characters: "`sessionid` is 32 characters of a-z0-9.",
        only_session::logging_in_changes_the_key_and_keeps_the_items: "Logging in changes the session id and keeps the items.",
        only_session::a_key_of_the_clients_choice_is_never_adopted: "A session id chosen by the client is never adopted.",
        only_session::a_client_that_only_reads_gets_no_session: "A client that only reads gets no session.",
        only_session::the_cookie_lives_as_long_as_the_session: "The cookie lives as long as the session.",
        only_session::a_logout_flushes_unless_told_otherwise: "`how=flush` is the default: record and cookie go.",
        only_session::deleting_the_cookie_leaves_the_record_to_whoever_kept_the_key: "`how=delete-cookie`: the session id still works.",
        only_session::deleting_the_login_leaves_the_record_and_the_cookie: "`how=delete-login`: record and cookie stay.",
        only_session::clearing_leaves_an_empty_record_under_the_same_key: "`how=clear`: all data is deleted, the session id stays.",
        only_session::half_a_logout_can_be_done_twice: "A second logout succeeds, for every value of `how`.",
        only_session::what_a_login_left_behind_is_not_for_the_next_account: "Items of an earlier login are never given to another account.",
    }
    OnlyToken {
        only_token::json_gets_the_token_in_the_body_and_no_cookie: "A JSON client gets the token in the body and no cookie.",
        only_token::a_form_gets_the_cookie_token_and_no_body: "A form gets the token in the cookie `token`, and none in the body.",
        only_token::bearer_is_read_in_any_case: "The scheme Bearer is accepted in any letter case.",
        only_token::the_new_token_holds_the_item_and_the_old_one_does_not: "An item is in the new token and not in the old.",
        only_token::an_item_written_by_cookie_comes_back_as_a_cookie: "A token that came in a cookie is replaced in the cookie.",
        refresh::a_form_login_brings_both_cookies: "A form gets the refresh token in a cookie, and the logout deletes that cookie.",
        refresh::a_refresh_token_buys_a_new_pair: "`POST /token` exchanges a refresh token for a new pair.",
        refresh::within_the_grace_the_same_successor_is_told_again: "Within the grace period a used refresh token returns the same successor.",
        refresh::a_spent_one_ends_the_whole_family: "A used refresh token, presented again, ends its whole family.",
        refresh::many_at_once_get_one_successor: "A refresh token used many times at once has one successor.",
        refresh::what_is_no_refresh_is_refused_in_oauths_words: "A bad refresh request is 400 with the `error` of RFC 6749.",
        refresh::neither_token_is_taken_for_the_other: "A refresh token is no access token, and an access token is no refresh token.",
        refresh::items_go_over_from_the_token_that_is_shown_along: "A refresh takes over the items of the access token in the same request.",
        refresh::a_login_that_has_ended_is_refreshed_no_more: "The refresh token of an ended login is refused.",
        oauth::revoking_a_refresh_token_ends_its_login: "`POST /revoke` with a refresh token ends its login.",
        oauth::revoking_an_access_token_ends_it_or_is_refused: "`POST /revoke` ends an access token, or the answer says why not.",
        oauth::revoking_what_is_unknown_is_no_mistake: "Revoking an unknown token is 200.",
        oauth::nobody_introspects_without_leave: "`POST /introspect` refuses clients without the introspection secret.",
        opaque::an_opaque_token_keeps_its_items_in_its_row: "An opaque token keeps its items on the server, and a write answers 204.",
        opaque::items_written_at_once_to_an_opaque_token_survive: "Items written concurrently to an opaque token all survive.",
        opaque::an_opaque_token_is_random_and_taken_whole: "An opaque token is random, and only the complete token is accepted.",
        opaque::an_opaque_login_ends_at_once: "A login with an opaque token ends at once.",
        opaque::logins_of_either_kind_stand_in_one_list: "JWT logins and opaque logins are in one list.",
        opaque::an_unknown_kind_is_refused: "An unknown `kind` of token is 422.",
        only_token::public_keys_are_for_everybody_and_no_key_that_signs_is_among_them: "`/.well-known/jwks.json` lists the public keys and no other.",
    }
    Throttling {
        throttling::repeated_failures_are_slowed_down: "Repeated failures are 429 `too-many-attempts` with Retry-After.",
    }
};

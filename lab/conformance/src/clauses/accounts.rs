//! Registration: which usernames and passwords are accepted, and which are refused.

use authlab_client::{
    expect::members,
    fresh,
    visitor::{LoginWith, PASSWORD, Visitor, register, registration},
};

use super::{Checked, Context};

const MAX_PASSWORD_LENGTH: usize = 1_024;

pub(super) async fn a_new_name_is_registered(context: &Context) -> Checked {
    let username = fresh::username("conform");
    let answer = context.ask(registration(&username)).await?;
    let body = answer.is_json(201)?;
    members(&body, &["username"])?;
    answer.ensure(body["username"] == username, "the name as it was given")?;
    answer.ensure(answer.set_cookies().next().is_none(), "no credential before the first login")
}

pub(super) async fn a_name_is_taken_however_it_is_spelled(context: &Context) -> Checked {
    // Bob, ｂｏｂ (full width, NFKC) and BOB (case folding); ß folds to ss, and É has two spellings.
    let unique = fresh::username("Bob-stra\u{df}e-\u{c9}");
    context.ask(registration(&unique)).await?.is(201)?;
    let (upper, full_width) = (unique.to_uppercase(), unique.chars().map(full_width).collect());
    let (decomposed, folded) = (unique.replace('\u{c9}', "E\u{301}"), unique.replace('\u{df}', "SS"));
    let spellings = [unique, upper, full_width, decomposed, folded];
    context.refuses(spellings.map(|spelling| registration(&spelling)), (409, "username-taken")).await
}

pub(super) async fn what_shows_nothing_does_not_make_another_name(context: &Context) -> Checked {
    let username = fresh::username("conform");
    context.ask(registration(&username)).await?.is(201)?;
    // Zero width space, soft hyphen, Hangul filler, grapheme joiner, variation selector.
    let spellings = ["\u{200b}", "\u{ad}", "\u{3164}", "\u{34f}", "\u{fe0f}"];
    let again = spellings.map(|invisible| registration(&format!("{username}{invisible}")));
    context.refuses(again, (409, "username-taken")).await
}

pub(super) async fn a_name_that_shows_nothing_is_refused(context: &Context) -> Checked {
    let names = ["\u{200b}", "\u{3164}\u{3164}", "\u{2800}", "\u{301}", "\u{200d}\u{fe0f}", "\u{3000}", " "];
    context.refuses(names.map(registration), (422, "invalid-input")).await
}

/// The full-width form of an ASCII character.
fn full_width(character: char) -> char {
    let full = u32::from(character) + 0xfee0;
    if character.is_ascii_graphic() { char::from_u32(full).unwrap_or(character) } else { character }
}

pub(super) async fn any_unicode_name_can_log_in(context: &Context) -> Checked {
    for name in ["李雷", "Zoë 🐎", "<b>bold</b>", "a\"b;c,d=e\\f"] {
        let username = fresh::username(name);
        context.ask(registration(&username)).await?.is(201)?;
        Visitor::log_in(context.client(), &username, LoginWith::Json).await?.is_logged_in().await?;
    }
    Ok(())
}

pub(super) async fn a_name_logs_in_however_it_is_spelled(context: &Context) -> Checked {
    let username = context.account().await?;
    let answer = context.ask(LoginWith::Json.request(&username.to_uppercase(), PASSWORD)).await?;
    let body = answer.is_json(200)?;
    answer.ensure(body["username"] == username, "the name as it was registered")
}

pub(super) async fn an_empty_or_over_long_name_is_refused(context: &Context) -> Checked {
    context.refuses(["", &"n".repeat(10_000)].map(registration), (422, "invalid-input")).await
}

pub(super) async fn a_short_password_is_refused_by_characters_not_bytes(context: &Context) -> Checked {
    let username = fresh::username("conform");
    for password in ["", "short", "fourteen chars", "🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋"] {
        let answer = context.ask(register(&username, password)).await?;
        let problem = answer.problem(422, "invalid-input")?;
        let detail = problem["detail"].as_str().unwrap_or_default();
        answer.ensure(detail.contains(|c: char| c.is_ascii_digit()), "the minimum length in `detail`")?;
    }
    // A refused registration must leave the name free.
    context.ask(registration(&username)).await?.is(201)
}

pub(super) async fn fifteen_characters_of_any_script_are_enough(context: &Context) -> Checked {
    let pairs = "🐎🔋".repeat(7);
    for password in ["fifteen letters", "密码密码密码密码密码密码密码密", &format!("{pairs}🐎")] {
        context.ask(register(&fresh::username("conform"), password)).await?.is(201)?;
    }
    Ok(())
}

pub(super) async fn an_over_long_password_is_refused(context: &Context) -> Checked {
    let password = "长".repeat(MAX_PASSWORD_LENGTH + 1);
    context.ask(register(&fresh::username("conform"), &password)).await?.is_problem(422, "invalid-input")
}

pub(super) async fn the_longest_password_counts_to_its_end(context: &Context) -> Checked {
    let username = fresh::username("conform");
    let password = "长".repeat(MAX_PASSWORD_LENGTH);
    context.ask(register(&username, &password)).await?.is(201)?;
    context.ask(LoginWith::Json.request(&username, &password)).await?.is(200)?;
    let other_end = format!("{}短", "长".repeat(MAX_PASSWORD_LENGTH - 1));
    let refused = context.ask(LoginWith::Json.request(&username, &other_end)).await?;
    refused.is_problem(401, "invalid-credentials")
}

pub(super) async fn a_password_is_one_in_either_spelling(context: &Context) -> Checked {
    for (composed, decomposed) in [
        ("caf\u{e9} au lait, please", "cafe\u{301} au lait, please"),
        ("\u{d55c}".repeat(15).as_str(), "\u{1112}\u{1161}\u{11ab}".repeat(15).as_str()),
    ] {
        for (chosen, typed) in [(composed, decomposed), (decomposed, composed)] {
            let username = fresh::username("conform");
            context.ask(register(&username, chosen)).await?.is(201)?;
            context.ask(LoginWith::Json.request(&username, typed)).await?.is(200)?;
        }
    }
    Ok(())
}

pub(super) async fn what_is_guessed_first_is_no_password(context: &Context) -> Checked {
    let username = fresh::username("conform-somebody");
    let guesses = ["1q2w3e4r5t6y7u8i9o0p", "PasswordPassword", &username, &username.to_uppercase()];
    context.refuses(guesses.map(|password| register(&username, password)), (422, "invalid-input")).await?;
    context.ask(registration(&username)).await?.is(201)
}

//! Registration: which usernames and passwords are accepted, and which are refused.

use authlab_client::{
    answer::Answer,
    expect::{Failure, members},
    fresh,
    request::Request,
    visitor::{LoginWith, PASSWORD, Visitor, account},
};

use crate::{
    clause::{Standing, Stands::Holds},
    context::Context,
};

const MAX_PASSWORD_LENGTH: usize = 1_024;

async fn register(context: &Context, username: &str, password: &str) -> Result<Answer, Failure> {
    context.ask(Request::post("/register").json(&account(username, password))).await
}

pub(super) async fn a_new_name_is_registered(context: &Context) -> Standing {
    let username = fresh::username("conform");
    let answer = register(context, &username, PASSWORD).await?;
    let body = answer.is_json(201)?;
    members(&body, &["username"])?;
    answer.ensure(body["username"] == username, "the name as it was given")?;
    answer.ensure(answer.set_cookies().next().is_none(), "no credential before the first login")?;
    Ok(Holds)
}

pub(super) async fn a_name_is_taken_however_it_is_spelled(context: &Context) -> Standing {
    // Bob, ｂｏｂ (full width, NFKC) and BOB (case folding); ß folds to ss, and É has two spellings.
    let unique = fresh::username("Bob-stra\u{df}e-\u{c9}");
    register(context, &unique, PASSWORD).await?.is(201)?;
    let upper = unique.to_uppercase();
    let full_width: String = unique.chars().map(full_width).collect();
    let decomposed = unique.replace('\u{c9}', "E\u{301}");
    for spelling in [unique.clone(), upper, full_width, decomposed, unique.replace('\u{df}', "SS")] {
        register(context, &spelling, PASSWORD).await?.is_problem(409, "username-taken")?;
    }
    Ok(Holds)
}

pub(super) async fn what_shows_nothing_does_not_make_another_name(context: &Context) -> Standing {
    let username = fresh::username("conform");
    register(context, &username, PASSWORD).await?.is(201)?;
    // Zero width space, soft hyphen, Hangul filler, grapheme joiner, variation selector.
    for invisible in ["\u{200b}", "\u{ad}", "\u{3164}", "\u{34f}", "\u{fe0f}"] {
        let spelling = format!("{username}{invisible}");
        register(context, &spelling, PASSWORD).await?.is_problem(409, "username-taken")?;
    }
    Ok(Holds)
}

pub(super) async fn a_name_that_shows_nothing_is_refused(context: &Context) -> Standing {
    for username in ["\u{200b}", "\u{3164}\u{3164}", "\u{2800}", "\u{301}", "\u{200d}\u{fe0f}", "\u{3000}", " "] {
        register(context, username, PASSWORD).await?.is_problem(422, "invalid-input")?;
    }
    Ok(Holds)
}

/// The full-width form of an ASCII character.
fn full_width(character: char) -> char {
    let full = u32::from(character) + 0xfee0;
    if character.is_ascii_graphic() { char::from_u32(full).unwrap_or(character) } else { character }
}

pub(super) async fn any_unicode_name_can_log_in(context: &Context) -> Standing {
    for name in ["李雷", "Zoë 🐎", "<b>bold</b>", "a\"b;c,d=e\\f"] {
        let username = fresh::username(name);
        register(context, &username, PASSWORD).await?.is(201)?;
        let mut someone = Visitor::log_in(context.client(), &username, LoginWith::Json).await?;
        someone.is_logged_in().await?;
    }
    Ok(Holds)
}

pub(super) async fn a_name_logs_in_however_it_is_spelled(context: &Context) -> Standing {
    let username = context.account().await?;
    let answer = context.ask(LoginWith::Json.request(&username.to_uppercase(), PASSWORD)).await?;
    let body = answer.is_json(200)?;
    answer.ensure(body["username"] == username, "the name as it was registered")?;
    Ok(Holds)
}

pub(super) async fn an_empty_or_over_long_name_is_refused(context: &Context) -> Standing {
    for username in ["", &"n".repeat(10_000)] {
        register(context, username, PASSWORD).await?.is_problem(422, "invalid-input")?;
    }
    Ok(Holds)
}

pub(super) async fn a_short_password_is_refused_by_characters_not_bytes(context: &Context) -> Standing {
    let username = fresh::username("conform");
    for password in ["", "short", "fourteen chars", "🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋"] {
        let answer = register(context, &username, password).await?;
        let problem = answer.is_problem(422, "invalid-input")?;
        let detail = problem["detail"].as_str().unwrap_or_default();
        answer.ensure(detail.contains(|c: char| c.is_ascii_digit()), "the minimum length in `detail`")?;
    }
    // A refused registration must leave the name free.
    register(context, &username, PASSWORD).await?.is(201)?;
    Ok(Holds)
}

pub(super) async fn fifteen_characters_of_any_script_are_enough(context: &Context) -> Standing {
    for password in ["fifteen letters", "密码密码密码密码密码密码密码密", "🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎🔋🐎"]
    {
        register(context, &fresh::username("conform"), password).await?.is(201)?;
    }
    Ok(Holds)
}

pub(super) async fn an_over_long_password_is_refused(context: &Context) -> Standing {
    let password = "长".repeat(MAX_PASSWORD_LENGTH + 1);
    register(context, &fresh::username("conform"), &password).await?.is_problem(422, "invalid-input")?;
    Ok(Holds)
}

pub(super) async fn the_longest_password_counts_to_its_end(context: &Context) -> Standing {
    let username = fresh::username("conform");
    let password = "长".repeat(MAX_PASSWORD_LENGTH);
    register(context, &username, &password).await?.is(201)?;
    context.ask(LoginWith::Json.request(&username, &password)).await?.is(200)?;
    let other_end = format!("{}短", "长".repeat(MAX_PASSWORD_LENGTH - 1));
    let refused = context.ask(LoginWith::Json.request(&username, &other_end)).await?;
    refused.is_problem(401, "invalid-credentials")?;
    Ok(Holds)
}

pub(super) async fn a_password_is_one_in_either_spelling(context: &Context) -> Standing {
    for (composed, decomposed) in [
        ("caf\u{e9} au lait, please", "cafe\u{301} au lait, please"),
        ("\u{d55c}".repeat(15).as_str(), "\u{1112}\u{1161}\u{11ab}".repeat(15).as_str()),
    ] {
        for (chosen, typed) in [(composed, decomposed), (decomposed, composed)] {
            let username = fresh::username("conform");
            register(context, &username, chosen).await?.is(201)?;
            context.ask(LoginWith::Json.request(&username, typed)).await?.is(200)?;
        }
    }
    Ok(Holds)
}

pub(super) async fn what_is_guessed_first_is_no_password(context: &Context) -> Standing {
    let username = fresh::username("conform-somebody");
    let guesses = ["1q2w3e4r5t6y7u8i9o0p", "PasswordPassword", &username, &username.to_uppercase()];
    for password in guesses {
        register(context, &username, password).await?.is_problem(422, "invalid-input")?;
    }
    register(context, &username, PASSWORD).await?.is(201)?;
    Ok(Holds)
}

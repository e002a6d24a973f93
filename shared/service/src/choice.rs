//! Enums as settings. The crates that have them know no command line.

use authlab_accounts::Registration;
use authlab_endings::Reach;
use authlab_mechanism::{
    cookie_attributes::{SameSite, SecureCookies},
    tokens::TokenKind,
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// An enum that is a setting.
pub trait Choice: Copy + Send + Sync + 'static {
    /// Each value: how it is written, what it is, and a help text where the name does not say enough.
    const VALUES: &[(&str, Self, &str)];
}

/// Reads one of the values. The `ignore_case` of the argument decides whether the case of letters matters.
pub fn choice<T: Choice>() -> impl TypedValueParser<Value = T> {
    let possible = |(name, _, help): &(&'static str, T, &'static str)| {
        let value = PossibleValue::new(*name);
        if help.is_empty() { value } else { value.help(*help) }
    };
    PossibleValuesParser::new(T::VALUES.iter().map(possible)).map(|text| {
        let found = T::VALUES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(&text));
        found.expect("the parser takes these names only").1
    })
}

impl Choice for SecureCookies {
    const VALUES: &[(&str, Self, &str)] = &[
        ("auto", Self::Auto, "Yes, unless the client called the service by a loopback name"),
        ("on", Self::On, ""),
        ("off", Self::Off, ""),
    ];
}

impl Choice for SameSite {
    const VALUES: &[(&str, Self, &str)] = &[
        ("strict", Self::Strict, "With no request that another site started, not even a link that is followed"),
        ("lax", Self::Lax, "With links that are followed"),
        ("none", Self::None, "With all requests; browsers demand `Secure` for it"),
    ];
}

impl Choice for TokenKind {
    const VALUES: &[(&str, Self, &str)] = &[
        ("jwt", Self::Jwt, "A signed JSON Web Token, which carries everything"),
        ("opaque", Self::Opaque, "A random token; a row on the server has everything"),
    ];
}

impl Choice for Reach {
    const VALUES: &[(&str, Self, &str)] = &[
        ("off", Self::Off, "Nothing: a stolen copy works until it expires"),
        ("feed", Self::Feed, "Every copy, within one second, by a set in memory"),
        ("read", Self::Read, "Every copy, at once, by one SQL read a request"),
    ];
}

impl Choice for Registration {
    const VALUES: &[(&str, Self, &str)] = &[("open", Self::Open, ""), ("closed", Self::Closed, "")];
}

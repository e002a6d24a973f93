//! A trait for both jars, which have the same methods but no common trait.

use axum::{extract::FromRequestParts, response::IntoResponseParts};
use axum_extra::extract::{
    PrivateCookieJar, SignedCookieJar,
    cookie::{Cookie, SameSite},
};

use crate::App;

pub(crate) trait Jar: FromRequestParts<App, Rejection: Send> + IntoResponseParts + Send + 'static {
    fn value(&self, name: &str) -> Option<String>;
    /// Every cookie with a valid signature.
    fn all(&self) -> Vec<(String, String)>;
    #[must_use]
    fn with(self, name: String, value: String) -> Self;
    #[must_use]
    fn without(self, name: &'static str) -> Self;
}

macro_rules! jar {
    ($jar:ty) => {
        impl Jar for $jar {
            fn value(&self, name: &str) -> Option<String> {
                self.get(name).map(|cookie| cookie.value().to_owned())
            }

            fn all(&self) -> Vec<(String, String)> {
                self.iter().map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned())).collect()
            }

            fn with(self, name: String, value: String) -> Self {
                self.add(cookie(name, value))
            }

            fn without(self, name: &'static str) -> Self {
                self.remove(cookie(name.to_owned(), String::new()))
            }
        }
    };
}

jar!(SignedCookieJar);
jar!(PrivateCookieJar);

fn cookie(name: String, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).build()
}

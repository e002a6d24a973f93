//! `session_data`, in which Django stores a session: `signing.dumps(dict, salt="django.contrib.sessions.SessionStore", compress=True)`.
//!
//! Two programs that share a session each know some of its members, and must preserve the others. A value therefore keeps its
//! original JSON text: numbers of any size, floats and escapes survive byte for byte.

use std::collections::HashMap;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{BadSignature, Freshness, Loaded, ObjectSigner, Salt, object::python_json};

/// All session stores of Django use this salt, because all are called `SessionStore`.
const SALT: Salt<'static> = Salt("django.contrib.sessions.SessionStore");

/// Writes and reads the column `session_data`.
#[derive(Clone, Debug)]
pub struct SessionSigner(ObjectSigner);

/// The members of a session in their order, each value as its original JSON text. `Debug` shows only names.
#[derive(Clone, Default)]
pub struct Members(Vec<(String, Box<RawValue>)>);

impl SessionSigner {
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k [u8]>) -> Self {
        Self(ObjectSigner::new(keys, SALT))
    }

    /// `now` in seconds since the epoch.
    pub fn dumps(&self, members: &Members, now: i64) -> serde_json::Result<String> {
        self.0.dumps_compressed(members, now)
    }

    /// Accepts any stamp, as Django does: the row's expiry decides how long the session lives.
    pub fn open(&self, session_data: &str) -> Result<Loaded<Members>, BadSignature> {
        self.0.open(session_data, Freshness::ANY_TIME)
    }
}

impl Members {
    /// The value of this name, if it has this type.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let (_, value) = self.0.iter().find(|(found, _)| found == name)?;
        serde_json::from_str(value.get()).ok()
    }

    /// Replaces the value of this name, or appends it.
    pub fn set(&mut self, name: &str, value: &impl Serialize) -> serde_json::Result<()> {
        self.set_all([(name, value)])
    }

    /// As [`set`](Self::set), for many different names, in linear time.
    pub fn set_all<'v, V: Serialize + 'v>(
        &mut self,
        values: impl IntoIterator<Item = (&'v str, &'v V)>,
    ) -> serde_json::Result<()> {
        let mut new: HashMap<&str, Box<RawValue>> = HashMap::new();
        let mut names = Vec::new();
        for (name, value) in values {
            new.insert(name, raw(value)?);
            names.push(name);
        }
        for (name, former) in &mut self.0 {
            if let Some(value) = new.remove(name.as_str()) {
                *former = value;
            }
        }
        self.0.extend(names.into_iter().filter_map(|name| Some((name.to_owned(), new.remove(name)?))));
        Ok(())
    }

    pub fn remove(&mut self, name: &str) {
        self.retain(|found| found != name);
    }

    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The names, and the values as JSON, in their order.
    pub fn into_pairs(self) -> impl Iterator<Item = (String, Box<RawValue>)> {
        self.0.into_iter()
    }
}

/// JSON as Python writes it.
fn raw(value: &impl Serialize) -> serde_json::Result<Box<RawValue>> {
    let json = python_json(value)?;
    RawValue::from_string(String::from_utf8(json).expect("it is printable ASCII"))
}

impl std::fmt::Debug for Members {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.names()).finish()
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Members, SessionSigner};

    const KEY: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    /// JSON that most libraries would change when they read and write it.
    const UNUSUAL: &str = r#"{"big":123456789012345678901234567890,"float":1e-07,"one":1.0,"escaped":"\ud83d\ude00\u007f\/","a b":[ 1 , {"z":1,"a":-0.0}]}"#;

    fn signer() -> SessionSigner {
        SessionSigner::new([KEY])
    }

    #[test]
    fn what_is_not_known_is_handed_on_byte_for_byte() {
        let mut members: Members = serde_json::from_str(UNUSUAL).unwrap();
        members.set("ours", &json!({"text": "ü"})).unwrap();
        let signed = signer().dumps(&members, 1_790_000_000).unwrap();
        let mut read = signer().open(&signed).unwrap().value;
        assert_eq!(read.get::<Value>("ours"), Some(json!({"text": "ü"})));
        assert_eq!(read.names().last(), Some("ours"));
        read.remove("ours");
        assert_eq!(serde_json::to_string(&read).unwrap(), UNUSUAL);
    }

    #[test]
    fn debug_shows_no_value() {
        let members: Members = serde_json::from_str(r#"{"_csrftoken":"hunter2"}"#).unwrap();
        assert_eq!(format!("{members:?}"), r#"{"_csrftoken"}"#);
    }

    #[test]
    fn a_value_that_is_set_again_keeps_its_place() {
        let mut members: Members = serde_json::from_str(r#"{"a":1,"b":2}"#).unwrap();
        members.set("a", &"é").unwrap();
        assert_eq!(serde_json::to_string(&members).unwrap(), r#"{"a":"\u00e9","b":2}"#);
        assert_eq!(members.get::<String>("b"), None, "it is no text");
    }

    #[test]
    fn what_another_key_signed_and_what_is_no_object_is_refused() {
        let signed = signer().dumps(&Members::default(), 0).unwrap();
        assert!(signer().open(&signed).is_ok());
        assert!(SessionSigner::new([&b"another key"[..]]).open(&signed).is_err());
        let list = super::ObjectSigner::new([KEY], super::SALT).dumps(&json!([1]), 0).unwrap();
        assert!(signer().open(&list).is_err());
    }

    proptest! {
        #[test]
        fn any_text_comes_back_under_any_name(name in any::<String>(), text in any::<String>(), stamp in any::<i32>()) {
            let mut members = Members::default();
            members.set(&name, &text).unwrap();
            let signed = signer().dumps(&members, stamp.into()).unwrap();
            prop_assert!(signed.is_ascii());
            prop_assert_eq!(signer().open(&signed).unwrap().value.get::<String>(&name), Some(text));
        }
    }
}

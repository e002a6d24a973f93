//! `signing.dumps` and `loads`: a JSON value, base64url, stamped and signed.

use std::io;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::ser::Formatter;

use super::{BadSignature, Freshness, Salt, SignedBy, TimestampSigner, compression};

#[derive(Clone, Debug)]
pub struct ObjectSigner(TimestampSigner);

/// An object with a valid signature and a fresh stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded<T> {
    pub value: T,
    /// When it was signed, in seconds since the epoch.
    pub signed_at: i64,
    /// If a former key signed the text: the same text and stamp, signed with the current key.
    pub signed_again: Option<String>,
}

impl ObjectSigner {
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k [u8]>, salt: Salt<'_>) -> Self {
        Self(TimestampSigner::new(keys, salt))
    }

    /// `now` in seconds since the epoch.
    pub fn dumps(&self, value: &impl Serialize, now: i64) -> serde_json::Result<String> {
        let json = python_json(value)?;
        Ok(self.0.sign(&URL_SAFE_NO_PAD.encode(json), now))
    }

    /// As `compress=True`: compressed if that saves bytes, and marked by a leading dot. `now` in seconds since the epoch.
    pub fn dumps_compressed(&self, value: &impl Serialize, now: i64) -> serde_json::Result<String> {
        let json = python_json(value)?;
        let body = match compression::deflate(&json) {
            Some(compressed) => format!(".{}", URL_SAFE_NO_PAD.encode(compressed)),
            None => URL_SAFE_NO_PAD.encode(json),
        };
        Ok(self.0.sign(&body, now))
    }

    /// The value and when it was signed.
    pub fn loads<T: DeserializeOwned>(&self, signed: &str, fresh: Freshness) -> Result<(T, i64), BadSignature> {
        self.open(signed, fresh).map(|loaded| (loaded.value, loaded.signed_at))
    }

    /// As [`loads`](Self::loads), with the text signed again if a former key signed it. Nothing is decoded before the signature is
    /// verified.
    pub fn open<T: DeserializeOwned>(&self, signed: &str, fresh: Freshness) -> Result<Loaded<T>, BadSignature> {
        let stamped = self.0.unsign(signed, fresh)?;
        let json = json(stamped.value).ok_or(BadSignature::Malformed)?;
        let value = serde_json::from_slice(&json).map_err(|_| BadSignature::Malformed)?;
        // A stamp has one spelling, and so this is the text that was signed, byte for byte.
        let again = || self.0.sign(stamped.value, stamped.signed_at);
        let signed_again = (stamped.signed_by == SignedBy::Former).then(again);
        Ok(Loaded { value, signed_at: stamped.signed_at, signed_again })
    }
}

fn json(body: &str) -> Option<Vec<u8>> {
    match body.strip_prefix('.') {
        Some(compressed) => compression::inflate(&URL_SAFE_NO_PAD.decode(compressed).ok()?),
        None => URL_SAFE_NO_PAD.decode(body).ok(),
    }
}

/// JSON as `json.dumps(value, separators=(",", ":"))` writes it: nothing outside printable ASCII.
pub(super) fn python_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::with_capacity(64);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut json, PythonFormatter))?;
    Ok(json)
}

struct PythonFormatter;

impl Formatter for PythonFormatter {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        for character in fragment.chars() {
            // Python escapes DEL as well, though JSON would allow it.
            if (' '..='~').contains(&character) {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }

    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(python_float(value).as_bytes())
    }
}

/// A float as Python's `repr` writes it: the shortest digits, and an exponent of at least two of them.
fn python_float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        _ => format!("{value:?}"),
    }
}

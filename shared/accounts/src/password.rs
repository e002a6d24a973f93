//! Which passwords are accepted, and which texts are the same password (NIST SP 800-63B-4 §3.1.1.2).
//!
//! Keyboards write `é` as one code point or as two. Both are the same password, so Unicode's form NFC is hashed.

use authlab_secrets::Secret;
use icu_normalizer::ComposingNormalizerBorrowed;

use super::{AccountError, MAX_PASSWORD_LENGTH, common_passwords, username::Username};

/// A password as a user sent it.
#[derive(Clone, Debug)]
pub struct Password {
    /// The form that is hashed.
    pub(super) nfc: Secret,
    /// The text as sent, if it differs from NFC. Former versions hashed this form.
    pub(super) typed: Option<Secret>,
}

impl Password {
    pub fn new(typed: Secret) -> Self {
        const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
        let nfc = Secret::new(NFC.normalize(typed.expose()).into_owned());
        let differs = nfc.expose() != typed.expose();
        Self { nfc, typed: differs.then_some(typed) }
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.length() > MAX_PASSWORD_LENGTH
    }

    /// Whether this user may choose this password.
    pub(super) fn accept(&self, shortest: usize, user: &Username) -> Result<(), AccountError> {
        let why = if self.length() < shortest {
            format!("at least {shortest} characters")
        } else if self.is_too_long() {
            format!("at most {MAX_PASSWORD_LENGTH} characters")
        } else if common_passwords::include(self.nfc.expose(), user) {
            "this password is guessed first; choose another, such as several unrelated words".to_owned()
        } else {
            return Ok(());
        };
        Err(AccountError::BadPassword(why))
    }

    /// In code points.
    fn length(&self) -> usize {
        self.nfc.expose().chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountError, Password, Secret};

    fn refusal(password: &str) -> Option<String> {
        match Password::new(Secret::new(password)).accept(15, &"alice".parse().unwrap()) {
            Ok(()) => None,
            Err(AccountError::BadPassword(why)) => Some(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn one_text_written_in_two_ways_is_one_password() {
        let (one, other) =
            (Password::new(Secret::new("caf\u{e9} au lait")), Password::new(Secret::new("cafe\u{301} au lait")));
        assert_eq!(one.nfc.expose(), other.nfc.expose());
        assert!(one.typed.is_none() && other.typed.is_some());
    }

    #[test]
    fn length_is_counted_in_code_points_of_what_is_hashed() {
        assert_eq!(refusal("correct horse battery staple"), None);
        assert_eq!(refusal("tiny words here"), None, "15 characters");
        assert_eq!(refusal("tiny word here").unwrap(), "at least 15 characters");
        assert_eq!(refusal(&"e\u{301}".repeat(14)).unwrap(), "at least 15 characters");
        let long = (0..1_024).map(|n| char::from_u32(0x4e00 + n).unwrap()).collect::<String>();
        assert_eq!(refusal(&long), None);
        assert_eq!(refusal(&format!("{long}x")).unwrap(), "at most 1024 characters");
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        assert!(refusal("1q2w3e4r5t6y7u8i9o0p").unwrap().contains("guessed first"));
    }
}

//! Key files made by OpenSSL: good keys are accepted; weak keys and keys of other types are refused.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

use authlab_test_support::missing;
use token_svc::{Algorithm, FormerKey, KeyRing};

use super::secret_keys;

/// With a wrong, weak or readable key file the start fails. The error names the file and does not show the key.
#[test]
fn weak_and_wrong_keys_are_refused_at_the_start() {
    if Command::new("openssl").arg("version").output().is_err() {
        return missing("jwt");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let written = |name: &str, text: &str| {
        fs::write(path(name), text).unwrap();
        fs::set_permissions(path(name), Permissions::from_mode(0o600)).unwrap();
        path(name)
    };
    let refused = |algorithm: Algorithm, file: &Path| {
        let error = KeyRing::open(algorithm, file).unwrap_err().to_string();
        assert!(error.contains("JWT_KEY_FILE"), "{error}");
        error
    };
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let genpkey = |options: &[&str]| openssl(&[&["genpkey"], options].concat());

    for (name, algorithm, options) in [
        ("ed25519.pem", Algorithm::EdDsa, &["-algorithm", "ED25519"][..]),
        ("p256.pem", Algorithm::Es256, &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ("rsa2048.pem", Algorithm::Rs256, &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
        ("rsa3072.pem", Algorithm::Rs256, &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]),
    ] {
        let file = written(name, &genpkey(options));
        let ring = KeyRing::open(algorithm, &file).expect(name);
        // The public part of the same key.
        let public = written("public.pem", &openssl(&["pkey", "-pubout", "-in", file.to_str().unwrap()]));
        let former = KeyRing::from_secret_keys(&secret_keys())
            .with_former_keys(&[FormerKey::File(public)], &secret_keys())
            .unwrap();
        assert_eq!(former.public_keys().keys, ring.public_keys().keys, "{name}");
        for other in
            [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256].into_iter().filter(|other| *other != algorithm)
        {
            assert!(refused(other, &file).contains(&format!("one for {algorithm}, but JWT_ALG is {other}")));
        }
        assert!(refused(Algorithm::Hs256, &file).contains("SECRET_KEY"));
    }
    for (name, options) in [
        ("rsa1024.pem", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"][..]),
        ("rsa-e-3.pem", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_pubexp:3"]),
        ("p384.pem", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
        ("secp256k1.pem", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]),
        ("ed448.pem", &["-algorithm", "ED448"]),
        ("x25519.pem", &["-algorithm", "X25519"]),
    ] {
        let file = written(name, &genpkey(options));
        let said = refused(Algorithm::Rs256, &file);
        assert!(said.contains(name) && said.contains("2,048 bits"), "{said}");
        let public = written("public.pem", &openssl(&["pkey", "-pubout", "-in", file.to_str().unwrap()]));
        let former =
            KeyRing::from_secret_keys(&secret_keys()).with_former_keys(&[FormerKey::File(public)], &secret_keys());
        assert!(former.unwrap_err().to_string().contains("JWT_KEY_FALLBACKS"), "{name} as a former key");
    }
    for text in ["", "a key of words", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        let said = refused(Algorithm::EdDsa, &written("no.pem", text));
        assert!(!said.contains("AAAA") && !said.contains("words"), "{said}");
    }
    let open = path("p256.pem");
    fs::set_permissions(&open, Permissions::from_mode(0o644)).unwrap();
    assert!(refused(Algorithm::Es256, &open).contains("chmod 600"));
    let former = KeyRing::from_secret_keys(&secret_keys()).with_former_keys(&[FormerKey::File(open)], &secret_keys());
    assert!(former.unwrap_err().to_string().contains("chmod 600"), "a former key file must be private too");
    let missing =
        KeyRing::from_secret_keys(&secret_keys()).with_former_keys(&[FormerKey::File(path("-"))], &secret_keys());
    assert!(missing.unwrap_err().to_string().contains("JWT_KEY_FALLBACKS"));
}

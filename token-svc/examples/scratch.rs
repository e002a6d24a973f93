use shared::{
    clock::Clock,
    handover::TokenChange,
    keys::Keys,
    login::{Account, Device},
    mechanism::Mechanism as _,
    presented::Presented,
    secret::Secret,
    settings::defaults,
};
use std::{convert::identity, hint::black_box, time::Duration};
use token_svc::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let rounds: usize = args[2].parse().unwrap();
    let keys = Keys::given(Secret::new("a secret key of the service, as long as keys are"), vec![]).unwrap();
    let mut settings: TokenSettings = defaults(identity);
    settings.jwt_cache = args[3].parse().unwrap();
    let _ = Duration::ZERO;
    let dir = tempfile::tempdir().unwrap();
    let ring = match args[1].as_str() {
        "HS256" => KeyRing::derived(&keys),
        "EdDSA" => KeyRing::in_file(Algorithm::EdDsa, &dir.path().join("k")).unwrap(),
        "ES256" => KeyRing::in_file(Algorithm::Es256, &dir.path().join("k")).unwrap(),
        _ => KeyRing::in_file(Algorithm::Rs256, &dir.path().join("k")).unwrap(),
    };
    let service = SignedTokens::new(ring, Clock::system(), &settings, None);
    let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
    rt.block_on(async {
        let alice = Account { id: 1_868_791_883_031_071, username: "alice".into() };
        let granted = service.login(&Presented::default(), &alice, &Device::default()).await.unwrap();
        let Some(TokenChange::Take(token)) = granted.handover.token else { panic!() };
        let presented = Presented::new(vec![], Some(token.access_token), None);
        for _ in 0..rounds {
            assert!(black_box(service.recall(black_box(&presented)).await).unwrap().login.is_ok());
        }
    });
}

//! The lab page: over HTTP for a client without JavaScript, and in [`browser`] with a real browser.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod browser;

use std::{net::SocketAddr, time::Duration};

use authlab_client::{Client, answer::Answer, request::Request, target::Target};
use authlab_fleet::Fleet;
use authlab_report::verdicts::KEPT;
use http::{HeaderName, header};
use lab::{journey::scenarios::ATTACKS, page};
use tokio::net::{TcpListener, TcpStream};

const STEPS: usize = lab::journey::scenarios::JOURNEY_STEPS.len();
const FRAGMENT: HeaderName = HeaderName::from_static("lab-fragment");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Serves the page for these targets on a free port until the test ends.
async fn served(targets: Vec<Target>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, page::router(targets)).await });
    address
}

/// A browser without JavaScript.
struct Reader(Client);

impl Reader {
    async fn of(targets: Vec<Target>) -> Self {
        Self(Client::new(Target::at("page", served(targets).await), "reader"))
    }

    async fn ask(&mut self, request: Request) -> Answer {
        self.0.send(request).await.unwrap()
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Request::get(path)).await
    }

    /// Sends a form and returns the `Location` of the answer.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.ask(Request::post(path).form(fields)).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        answer.header("location").unwrap().to_owned()
    }
}

fn steps(page: &str) -> usize {
    page.matches("<article class=\"step\"").count()
}

fn nowhere() -> Target {
    Target::new("missing-svc", "http://127.0.0.1:9").unwrap()
}

#[tokio::test]
async fn the_start_page_presents_each_service_and_leads_to_its_own_pages() {
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let page = reader.get("/").await.text();
    for target in fleet.targets() {
        assert!(page.contains(&format!("href=\"{}/login\"", target.url())), "{page}");
        assert!(page.contains(&format!("href=\"{}/docs\"", target.url())));
    }
    assert_eq!(page.matches("class=\"lamp on\"").count(), 3);
    assert!(page.contains("<form class=\"begin\" method=\"post\" action=\"/journeys\">"));
}

#[tokio::test]
async fn what_people_say_is_shown_with_its_verdicts() {
    let mut reader = Reader::of(vec![nowhere()]).await;
    assert!(reader.get("/").await.text().contains("href=\"/claims\""));
    let page = reader.get("/claims").await.text();
    for claim in &KEPT.claims {
        assert!(page.contains(&format!("id=\"claim-{}\"", claim.id)), "{}", claim.id);
    }
    assert_eq!(page.contains("Do not rely on this run"), !KEPT.doubts.is_empty());
}

#[tokio::test]
async fn what_each_withstands_is_shown_with_every_row_and_column_that_was_kept() {
    let mut reader = Reader::of(vec![nowhere()]).await;
    assert!(reader.get("/").await.text().contains("href=\"/attacks\""));
    let page = reader.get("/attacks").await.text();
    match KEPT.attacks.as_ref() {
        Some(kept) => {
            assert_eq!(page.matches("<th scope=\"col\"").count(), 1 + kept.columns.len());
            for row in &kept.rows {
                assert!(page.contains(&format!("<tr id=\"{}\">", row.number)), "{}", row.number);
            }
        }
        None => assert!(page.contains("No table was kept when this program was built"), "{page}"),
    }
}

#[tokio::test]
async fn a_journey_moves_one_step_with_each_form() {
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let journey = reader.post("/journeys", &[]).await;
    let first = reader.get(&journey).await.text();
    assert_eq!((steps(&first), first.matches("data-channel=").count()), (1, 3));
    assert!(first.contains("<input type=\"hidden\" name=\"after\" value=\"1\">"), "{first}");
    assert_eq!(reader.post(&format!("{journey}/next"), &[("after", "1")]).await, journey);
    let second = reader.get(&journey).await.text();
    assert_eq!(steps(&second), 2);
    assert_eq!(second.matches("<span class=\"status\">201</span>").count(), 6, "each column shows the status twice");
}

#[tokio::test]
async fn every_attack_can_be_played_to_its_end_and_again() {
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let welcome = reader.get("/").await.text();
    for attack in ATTACKS {
        assert!(welcome.contains(&format!("name=\"scenario\" value=\"{}\"", attack.id)), "{}", attack.id);
        let played = reader.post("/journeys", &[("scenario", attack.id), ("play", "all")]).await;
        let page = reader.get(&played).await.text();
        assert_eq!(steps(&page), attack.steps.len(), "{}", attack.id);
        assert!(page.contains(&format!("<title>{} · authlab</title>", attack.title)), "{}", attack.id);
        assert!(!page.contains("breaks the contract") && !page.contains("not run</span>"), "{}", attack.id);
        let again = format!("<input type=\"hidden\" name=\"scenario\" value=\"{}\"><button id=\"again\">", attack.id);
        assert!(page.contains(&again), "{}", attack.id);
    }
    let unknown = reader.ask(Request::post("/journeys").form(&[("scenario", "unheard-of")])).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_means_it_once() {
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let journey = reader.post("/journeys", &[]).await;
    for _ in 0..2 {
        reader.post(&format!("{journey}/next"), &[("after", "1")]).await;
    }
    assert_eq!(steps(&reader.get(&journey).await.text()), 2);
}

#[tokio::test]
async fn everything_at_once_plays_to_the_end_without_a_breach() {
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let journey = reader.post("/journeys", &[("play", "all")]).await;
    let page = reader.get(&journey).await.text();
    assert_eq!((steps(&page), page.matches("data-channel=").count()), (STEPS, 3 * STEPS));
    assert!(page.contains("What it came to") && page.contains("Start again"));
    assert!(!page.contains("breaks the contract"), "a service breaks the contract");
    assert!(page.contains("differs, as the contract allows"));
    // All steps are done; another request for the next step is no error.
    assert_eq!(reader.post(&format!("{journey}/next"), &[]).await, journey);
    assert_eq!(steps(&reader.get(&journey).await.text()), STEPS);
}

#[tokio::test]
async fn the_script_is_given_only_what_is_new() {
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let journey = reader.post("/journeys", &[]).await;
    let next = Request::post(format!("{journey}/next")).form(&[("after", "1")]).header(FRAGMENT, "1");
    let fragment = reader.ask(next).await;
    assert_eq!((fragment.status, steps(&fragment.text())), (200, 1));
    assert!(!fragment.text().contains("<html") && fragment.text().contains("id=\"controls\""));
}

#[tokio::test]
async fn a_post_from_another_site_plays_nothing() {
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let journey = reader.post("/journeys", &[]).await;
    let next = || Request::post(format!("{journey}/next")).form(&[]);
    for foreign in [
        next().header(FETCH_SITE, "cross-site"),
        next().header(FETCH_SITE, "same-site"),
        next().header(header::ORIGIN, "http://elsewhere.example"),
        next().header(header::ORIGIN, "null"),
    ] {
        assert_eq!(reader.ask(foreign).await.status, 403);
    }
    assert_eq!(steps(&reader.get(&journey).await.text()), 1);
    assert_eq!(reader.ask(next().header(FETCH_SITE, "same-origin")).await.status, 303);
}

#[tokio::test]
async fn a_service_that_is_down_is_named() {
    let fleet = Fleet::start().await.unwrap();
    let mut targets = fleet.targets();
    targets[1] = nowhere();
    let mut reader = Reader::of(targets).await;
    assert_eq!(reader.get("/").await.status, 200);
    let refused = reader.ask(Request::post("/journeys").form(&[])).await;
    assert_eq!(refused.status, 503);
    let page = refused.text();
    assert!(page.contains("role=\"alert\"") && page.contains("<strong>missing-svc</strong> does not answer"), "{page}");
    assert_eq!(page.matches("class=\"lamp on\"").count(), 2);
}

#[tokio::test]
async fn a_service_that_goes_away_on_the_way_is_a_breach_with_its_reason() {
    let fleet = Fleet::start().await.unwrap();
    let targets = fleet.targets();
    let mut reader = Reader::of(targets.clone()).await;
    let journey = reader.post("/journeys", &[]).await;
    drop(fleet);
    while TcpStream::connect(targets[0].authority()).await.is_ok() {
        // The fleet stops in real time after it is dropped.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    reader.post(&format!("{journey}/all"), &[]).await;
    let page = reader.get(&journey).await.text();
    assert_eq!(steps(&page), STEPS);
    assert!(page.contains("breaks the contract") && page.contains("cannot be reached"), "{page}");
}

#[tokio::test]
async fn a_journey_that_is_not_known_is_said_to_have_ended() {
    let mut reader = Reader::of(vec![nowhere()]).await;
    let page = reader.get("/journeys/0123456789abcdef").await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("This journey has ended"));
    let fragment = reader.ask(Request::post("/journeys/0123/all").form(&[]).header(FRAGMENT, "1")).await;
    assert_eq!(fragment.status, 404);
    assert!(fragment.text().starts_with("<div id=\"trouble\" role=\"alert\">"), "{}", fragment.text());
}

#[tokio::test]
async fn reloading_after_a_form_leads_back_to_the_journey() {
    let mut reader = Reader::of(vec![nowhere()]).await;
    for (path, back) in
        [("/journeys/0123/next", "/journeys/0123"), ("/journeys/0123/all", "/journeys/0123"), ("/journeys", "/")]
    {
        let answer = reader.get(path).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some(back)), "{path}");
    }
}

#[tokio::test]
async fn the_oldest_of_too_many_journeys_makes_room() {
    const MOST: usize = 24;
    let fleet = Fleet::start().await.unwrap();
    let mut reader = Reader::of(fleet.targets()).await;
    let oldest = reader.post("/journeys", &[]).await;
    let second = reader.post("/journeys", &[]).await;
    for _ in 0..MOST - 1 {
        reader.post("/journeys", &[]).await;
    }
    assert_eq!(reader.get(&oldest).await.status, 404);
    assert_eq!(reader.get(&second).await.status, 200);
}

#[tokio::test]
async fn every_answer_tells_the_browser_how_little_it_may_do() {
    let mut reader = Reader::of(vec![nowhere()]).await;
    for (path, media_type) in [
        ("/", "text/html"),
        ("/claims", "text/html"),
        ("/lab.css", "text/css"),
        ("/style.css", "text/css"),
        ("/lab.js", "text/javascript"),
        ("/nothing", "text/html"),
    ] {
        let answer = reader.get(path).await;
        assert_eq!(answer.content_type().as_deref(), Some(media_type), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
    }
}

#[tokio::test]
async fn style_and_script_load_nothing_from_elsewhere() {
    let mut reader = Reader::of(vec![nowhere()]).await;
    for path in ["/style.css", "/lab.css", "/lab.js"] {
        let text = reader.get(path).await.text();
        assert!(
            !["url(", "@import", "http://", "https://", "import("].iter().any(|load| text.contains(load)),
            "{path}"
        );
    }
}

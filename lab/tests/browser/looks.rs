//! The appearance of the pages in light and dark mode.

use authlab_fleet::Fleet;

use super::window::Window;
use crate::served;

const BRIGHTNESS: &str = "
    const [r, g, b] = getComputedStyle(document.body)[arguments[0]].match(/\\d+/g).map(Number);
    return (r + g + b) / 3;";

const SHAPES_AND_FILLS: &str = "
    return [...document.querySelectorAll('.card .mark')]
        .map(mark => mark.firstElementChild)
        .map(shape => [shape.outerHTML, getComputedStyle(shape).fill])";

async fn brightness(window: &Window, property: &str) -> f64 {
    window.page.execute(BRIGHTNESS, vec![property.into()]).await.unwrap().as_f64().unwrap()
}

#[tokio::test]
async fn the_pages_follow_the_wish_for_light_or_dark() {
    let Some(window) = Window::open().await else { return };
    let fleet = Fleet::start().await.unwrap();
    let lab = served(fleet.targets()).await;
    let mut addresses = vec![lab];
    addresses.extend(fleet.targets().iter().map(|target| target.authority().parse::<std::net::SocketAddr>().unwrap()));
    for address in addresses {
        window.visit(address, "/").await;
        window.scheme("light").await;
        assert!(brightness(&window, "backgroundColor").await > 220.0 && brightness(&window, "color").await < 60.0);
        window.scheme("dark").await;
        assert!(brightness(&window, "backgroundColor").await < 40.0 && brightness(&window, "color").await > 200.0);
    }
}

#[tokio::test]
async fn each_mechanism_has_an_accent_and_a_shape_of_its_own() {
    let Some(window) = Window::open().await else { return };
    let fleet = Fleet::start().await.unwrap();
    window.visit(served(fleet.targets()).await, "/").await;
    let marks = window.run(SHAPES_AND_FILLS).await;
    let marks = marks.as_array().unwrap();
    assert_eq!(marks.len(), 3);
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        assert!(marks[one][0] != marks[other][0] && marks[one][1] != marks[other][1], "{marks:?}");
    }
}

//! The pattern of the route that a path matches, for metrics: axum tells it inside the router alone.

use std::sync::Arc;

/// Every pattern, by the matcher that axum uses itself.
#[derive(Clone, Debug)]
pub struct RouteNames(Arc<matchit::Router<Box<str>>>);

impl RouteNames {
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut matcher = matchit::Router::new();
        for pattern in patterns {
            matcher.insert(pattern, pattern.into()).expect("the router has taken the same patterns");
        }
        Self(Arc::new(matcher))
    }

    /// Empty for a path that no route matches.
    pub(super) fn of(&self, path: &str) -> &str {
        self.0.at(path).map_or("", |found| found.value)
    }
}

#[cfg(test)]
mod tests {
    use super::RouteNames;

    #[test]
    fn a_path_is_called_by_its_pattern_and_a_foreign_one_not_at_all() {
        let names = RouteNames::new(["/mine", "/items/{key}"]);
        assert_eq!(names.of("/items/colour"), "/items/{key}");
        assert_eq!(names.of("/mine"), "/mine");
        assert_eq!(names.of("/items/a/b"), "");
    }
}

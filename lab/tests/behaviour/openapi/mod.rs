//! The OpenAPI documents: they agree with each other, and schemathesis checks the services against them.

mod conformance;
mod documents;

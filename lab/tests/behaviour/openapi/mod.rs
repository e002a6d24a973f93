//! The OpenAPI documents: one contract, and three services that schemathesis holds to it.

mod conformance;
mod documents;

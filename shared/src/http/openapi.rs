//! The head of the OpenAPI 3.1 document; its body is collected from the handlers.

use utoipa::OpenApi;

#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "authlab",
        description = "One HTTP contract for a signed cookie, a server-side session and a token. Every error is `application/problem+json` (RFC 9457).",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "accounts", description = "Names and passwords"),
        (name = "login", description = "Beginning, showing and ending a login"),
        (name = "tokens", description = "What OAuth 2.0 clients ask of token-svc"),
        (name = "items", description = "The state that a client carries or the server keeps for it"),
        (name = "about", description = "What this service is and how it is")
    )
)]
pub struct Document;

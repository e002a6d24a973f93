//! Logging out: what it deletes, and whether a copy of the credential still works.

use authlab_client::{expect::Failure, request::Request};

use super::{
    Device::{First, Thief},
    Judged, StepVerdict, TargetRun, allowed,
};

pub(in crate::journey) async fn logout(run: &mut TargetRun) -> Judged {
    run.thief = Some(run.first.fork());
    run.ask(First, Request::post("/logout")).await?.is_empty(204)?;
    run.ask(First, Request::get("/mine")).await?.is_problem(401, "not-logged-in")?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn logout_again(run: &mut TargetRun) -> Judged {
    run.ask(First, Request::post("/logout")).await?.is_empty(204)?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn replay(run: &mut TargetRun) -> Judged {
    let answer = run.ask(Thief, Request::get("/mine")).await?;
    match answer.status {
        401 => {
            answer.is_problem(401, "not-logged-in")?;
            Ok(StepVerdict::AsContract)
        }
        200 if !run.about()?.can_end_copies() => {
            Ok(allowed("a stolen copy still works: nothing on the server says that this login has ended"))
        }
        _ => Err(Failure::new("401, since /about says that a login can be ended", answer.in_short())),
    }
}

//! One regression test per fault that was found.
//!
//! * [`failing_step`]: a step of an ending fails, and the client tries again
//! * [`hang_up`]: the client closes its connection during a password change
//! * [`leftovers`]: what an ended login leaves in a browser
//! * [`lifetimes`]: a lifetime is raised across a restart
//! * [`login_over_login`]: a logged-in browser logs in again
//! * [`renewal`]: a login stays active after it changes its password
//! * [`at_most`]: an account has a limited number of logins
//! * [`stepped_clock`]: a wall clock is wrong for some time and is then corrected
//! * [`upgraded`]: sessions that the former version has left in Redis

mod at_most;
mod failing_step;
mod hang_up;
mod leftovers;
mod lifetimes;
mod login_over_login;
mod renewal;
mod stepped_clock;
mod upgraded;

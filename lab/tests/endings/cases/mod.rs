//! Faults that were seen once, each as a test of its own.
//!
//! * [`failing_step`]: a step of an ending fails, and the client tries again
//! * [`hang_up`]: the client goes away while its password changes
//! * [`leftovers`]: what a login that has ended leaves in a browser
//! * [`lifetimes`]: a lifetime is raised across a restart
//! * [`login_over_login`]: somebody who is logged in logs in
//! * [`renewal`]: a login that changes its password goes on
//! * [`at_most`]: an account has at most so many logins
//! * [`stepped_clock`]: a wall clock is wrong for a while, and is corrected
//! * [`upgraded`]: what the former version has left in Redis

mod at_most;
mod failing_step;
mod hang_up;
mod leftovers;
mod lifetimes;
mod login_over_login;
mod renewal;
mod stepped_clock;
mod upgraded;

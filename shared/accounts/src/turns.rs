//! A bounded, fair queue: every client has its own line, and the lines are served round robin.
//!
//! In a single queue, a client that sends five hundred logins at once makes all others wait for five hundred hashes, or be refused.
//! Here a client waits behind its own requests only, and a full queue drops the latest job of the longest line.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

#[derive(Debug)]
pub(super) struct Turns<Client, Job> {
    lines: HashMap<Client, VecDeque<Job>>,
    /// The clients that have a line, each once; the first is next.
    order: VecDeque<Client>,
    waiting: usize,
}

impl<Client: Clone + Eq + Hash, Job> Turns<Client, Job> {
    pub(super) fn new() -> Self {
        Self { lines: HashMap::new(), order: VecDeque::new(), waiting: 0 }
    }

    /// Queues the job if fewer than `room` wait. Otherwise returns the dropped job: the latest of the longest line, if that line has more
    /// jobs than this client would have, or else this one.
    pub(super) fn push(&mut self, client: Client, job: Job, room: usize) -> Option<Job> {
        let own = self.lines.get(&client).map_or(0, VecDeque::len);
        let mut dropped = None;
        if self.waiting >= room {
            let longest = self.lines.iter().max_by_key(|(_, line)| line.len());
            let Some((greedy, _)) = longest.filter(|(_, line)| line.len() > own + 1) else { return Some(job) };
            let greedy = greedy.clone();
            // The longest line has more than one job, so it keeps its place in the order.
            dropped = self.lines.get_mut(&greedy).and_then(VecDeque::pop_back);
            self.waiting -= 1;
        }
        if own == 0 {
            self.order.push_back(client.clone());
        }
        self.lines.entry(client).or_default().push_back(job);
        self.waiting += 1;
        dropped
    }

    /// The oldest job of the client whose turn it is.
    pub(super) fn pop(&mut self) -> Option<Job> {
        let client = self.order.pop_front()?;
        let line = self.lines.get_mut(&client)?;
        let job = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&client);
        } else {
            self.order.push_back(client);
        }
        self.waiting -= 1;
        job
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Turns;

    #[test]
    fn a_client_waits_behind_its_own_jobs_only() {
        let mut turns = Turns::new();
        for n in 0..50 {
            assert_eq!(turns.push("flood", n, 100), None);
        }
        turns.push("owner", 100, 100);
        let order: Vec<i32> = std::iter::from_fn(|| turns.pop()).take(3).collect();
        assert_eq!(order, [0, 100, 1]);
    }

    #[test]
    fn a_full_queue_makes_room_for_those_who_have_less() {
        let mut turns = Turns::new();
        for n in 0..4 {
            assert_eq!(turns.push("flood", n, 4), None);
        }
        assert_eq!(turns.push("flood", 4, 4), Some(4));
        assert_eq!(turns.push("owner", 10, 4), Some(3), "the latest of the flood");
        assert_eq!(turns.push("owner", 11, 4), Some(2));
        assert_eq!(turns.push("owner", 12, 4), Some(12), "by now both have as much");
        let order: Vec<i32> = std::iter::from_fn(|| turns.pop()).collect();
        assert_eq!(order, [0, 10, 1, 11]);
    }

    #[test]
    fn without_room_nothing_waits() {
        assert_eq!(Turns::new().push("anybody", 1, 0), Some(1));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_bound_holds(steps in prop::collection::vec((0_u8..5, any::<bool>()), 0..200), room in 0_usize..10) {
            let (mut turns, mut waiting) = (Turns::new(), std::collections::BTreeSet::new());
            for (n, (client, push)) in steps.into_iter().enumerate() {
                if push {
                    waiting.insert(n);
                    if let Some(dropped) = turns.push(client, n, room) {
                        prop_assert!(waiting.remove(&dropped));
                    }
                } else if let Some(done) = turns.pop() {
                    prop_assert!(waiting.remove(&done));
                }
                prop_assert!(waiting.len() <= room);
                prop_assert_eq!(turns.waiting, waiting.len());
            }
            while let Some(done) = turns.pop() {
                prop_assert!(waiting.remove(&done));
            }
            prop_assert!(waiting.is_empty() && turns.order.is_empty() && turns.lines.is_empty());
        }
    }
}

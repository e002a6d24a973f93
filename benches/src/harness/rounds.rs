//! Measures all contenders in turn, repeatedly. A slow moment of the machine then affects all, and a lucky memory
//! layout lasts for one launch only.

use std::{collections::BTreeMap, io, time::Duration};

use authlab_results::{Metric, Point, statistics::SplitMix64};

use super::{
    contender::{CONTENDERS, Contender},
    cost::Cost,
    fleet::{Fleet, now},
    plan::{Plan, Spot, contenders},
    record::{Foreign, Recorder, float},
};

/// The duration of a batch, long enough to hide the cost of reading the clock.
const BATCH: Duration = Duration::from_millis(8);
const FEWEST: u32 = 32;
const MOST: u32 = 400;
/// The first requests, which determine the size of the batches.
const FIRST: u32 = 32;
/// The number of requests for counting commands and bytes.
const COUNTED: u32 = 64;

/// The requests per batch; contenders that cannot be measured at a spot have no entry.
type Batches = BTreeMap<(usize, Spot), u32>;

/// One launch: first requests, warm-up rounds, and recorded rounds.
pub fn launch(
    fleet: &mut Fleet,
    launch: u32,
    plan: &Plan,
    record: &mut Recorder,
    say: impl Fn(&str),
) -> io::Result<()> {
    let mut spots = Spot::all();
    let batches = first_requests(fleet, &spots, launch, plan, record)?;
    if launch == 0 {
        count(fleet, &batches, COUNTED.min(plan.batch), record)?;
    }
    let mut random = SplitMix64::new(u64::from(launch) + 1);
    for _ in 0..plan.warm_up_rounds {
        round(fleet, &mut spots, &batches, &mut random, |_, _, _| ())?;
    }
    let began = now();
    for number in 0..plan.rounds {
        if number > 1 && began.elapsed() > plan.rounds_time {
            let what = format!("rounds from {} on of launch {}", number + 1, launch + 1);
            record.leave_out_for_time(&what);
            break;
        }
        let foreign = Foreign::begin(fleet.cpu_time()?)?;
        round(fleet, &mut spots, &batches, &mut random, |contender, spot, cost| {
            note(record, launch, contender, &spot.point(contender), cost);
        })?;
        let foreign = foreign.share(fleet.cpu_time()?)?;
        record.round(launch, number, foreign);
        say(&format!("    round {} of {}: {:.0} % foreign load", number + 1, plan.rounds, foreign * 100.0));
    }
    Ok(())
}

/// Measures every contender at every spot once, in a random order.
fn round(
    fleet: &mut Fleet,
    spots: &mut [Spot],
    batches: &Batches,
    random: &mut SplitMix64,
    mut note: impl FnMut(&Contender, &Spot, Cost),
) -> io::Result<()> {
    random.shuffle(spots);
    for spot in spots {
        let mut turns = contenders(spot);
        random.shuffle(&mut turns);
        for turn in turns {
            let Some(batch) = batches.get(&(turn, *spot)) else { continue };
            let Ok(runner) = &mut fleet.runners[turn] else { continue };
            note(CONTENDERS[turn], spot, runner.cost(spot, &fleet.stores, *batch)?);
        }
    }
    Ok(())
}

/// Sends the first requests, which are not recorded. They determine the size of the batches.
fn first_requests(
    fleet: &mut Fleet,
    spots: &[Spot],
    launch: u32,
    plan: &Plan,
    record: &mut Recorder,
) -> io::Result<Batches> {
    let mut batches = Batches::new();
    for (place, spot) in spots.iter().enumerate() {
        for turn in contenders(spot) {
            let contender = CONTENDERS[turn];
            let runner = match &mut fleet.runners[turn] {
                Ok(runner) => runner,
                Err(why) => {
                    record.leave_out(contender.name, why);
                    continue;
                }
            };
            // A mechanism's size limit is reported as left out; any other error is a fault.
            if let Err(refusal) = runner.play(spot, FIRST)
                && spot.item_bytes.is_some()
            {
                let what = format!("{}, {} bytes of items", contender.name, spot.item_bytes.unwrap_or_default());
                record.leave_out(&what, &refusal.to_string());
                continue;
            }
            let first = runner.cost(spot, &fleet.stores, FIRST.min(plan.batch).max(spot.in_flight))?;
            if place == 0 {
                let habit = Point { habit: Some("no warm-up".to_owned()), ..spot.point(contender) };
                note(record, launch, contender, &habit, first);
            }
            // After this, a server that caches its clients has seen all of them.
            let cost = runner.cost(spot, &fleet.stores, contender.population().min(plan.batch))?;
            let each = (cost.server + cost.store).as_secs_f64() / f64::from(cost.carried.requests);
            batches.insert((turn, *spot), batch(each).min(plan.batch).max(spot.in_flight));
        }
    }
    Ok(batches)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between the two bounds")]
fn batch(seconds_each: f64) -> u32 {
    (BATCH.as_secs_f64() / seconds_each).clamp(f64::from(FEWEST), f64::from(MOST)) as u32
}

/// Counts what does not vary: bytes on the wire, and commands to the store.
fn count(fleet: &mut Fleet, batches: &Batches, requests: u32, record: &mut Recorder) -> io::Result<()> {
    for ((turn, spot), _) in batches.iter().filter(|((_, spot), _)| spot.in_flight == 1) {
        let Ok(runner) = &mut fleet.runners[*turn] else { continue };
        let (carried, asked) = runner.count(spot, &fleet.stores, requests)?;
        let each = |sum: usize| float(sum as u64) / f64::from(carried.requests);
        let point = Point { in_flight: None, ..spot.point(CONTENDERS[*turn]) };
        record.push(0, Metric::BytesSent, &point, each(carried.sent));
        record.push(0, Metric::BytesReceived, &point, each(carried.received));
        if let Some(asked) = asked {
            record.push(0, Metric::StoreCommands, &point, float(asked) / f64::from(carried.requests));
        }
    }
    Ok(())
}

fn note(record: &mut Recorder, launch: u32, contender: &Contender, point: &Point, cost: Cost) {
    cost.note(record, launch, contender, point);
    record.push(launch, Metric::Wall, point, cost.each(cost.wall));
}

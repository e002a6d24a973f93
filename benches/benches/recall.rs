//! Measures the CPU time of one `recall` in each mechanism, without HTTP.

use std::hint::black_box;

use benches::{
    contenders::{self, Contender},
    cpu_time::CpuTime,
};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

fn recall(criterion: &mut Criterion<CpuTime>) {
    // The worker thread fetches ended logins. Without it, the mechanisms would answer 503 after some seconds.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime can be built");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let contenders = runtime.block_on(async {
        let ground = contenders::ground(folder.path()).await.expect("a database can be made");
        contenders::all(&ground).await.expect("the mechanisms start")
    });
    let mut group = criterion.benchmark_group("recall");
    for contender in &contenders {
        group.bench_function(contender.name, |bencher| bencher.iter(|| ask(&runtime, contender)));
    }
    group.finish();
}

fn ask(runtime: &Runtime, contender: &Contender) {
    let recalled = runtime.block_on(contender.mechanism.recall(black_box(&contender.presented)));
    assert!(black_box(recalled).is_ok_and(|recalled| recalled.login.is_ok()));
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = recall
}
criterion_main!(benches);

//! Empty: the benchmark is all there is. Run it with `cargo bench -p leverage-benches`.

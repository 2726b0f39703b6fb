//! Runs that are killed at any time: readers must never see a partial file, and acknowledged changes must stay until another
//! run replaces them.

use leverage::sandbox::{Config, Sandbox, User};
use leverage_tests::place::Place;
use leverage_tests::program::{Run, code};
use leverage_tests::random::Random;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::crowd::keys;
use super::figures;
use super::state::leftovers;

/// The number of threads that kill runs, each in its own place.
const LANES: usize = 2;

/// The regions that the runs set up in turn, each with one of two users.
const REGIONS: [&str; 4] = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];

/// The results of the runs.
#[derive(Debug, Default)]
struct Tally {
    killed: usize,
    acknowledged: usize,
    reads: usize,
}

/// Kills this number of runs.
pub fn check(runs: usize) {
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|seed| scope.spawn(move || lane(runs / LANES, seed as u64))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("a lane without losses")).collect()
    });
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    figures::add("runs killed at any time", sum(|tally| tally.killed));
    println!(
        "kill -9 at any time: {runs} runs, {} killed, {} acknowledged, {} reads of two files; 0 lost, 0 torn",
        sum(|tally| tally.killed),
        sum(|tally| tally.acknowledged),
        sum(|tally| tally.reads),
    );
}

/// A place, and the contents of its files for each region.
struct Lane {
    sandbox: Sandbox,
    place: Place,
    whole: Vec<[Vec<u8>; 2]>,
}

fn lane(runs: usize, seed: u64) -> Tally {
    let mut lane = Lane::new();
    let mut random = Random::new(seed);
    let start = Instant::now();
    lane.learn();
    let takes = start.elapsed() / u32::try_from(REGIONS.len() + 1).expect("a few");

    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| lane.read_until(&done));
        let mut tally = Tally::default();
        // The allowed contents: those of the last acknowledged run, and of every run since.
        let mut possible = vec![0];
        for run in 0..runs {
            let region = random.below(REGIONS.len());
            let within = u64::try_from(takes.as_micros() * 6 / 5).expect("a short time");
            let delay = Duration::from_micros(random.number() % within);
            possible.push(region);
            if lane.run_and_kill(region, delay) {
                tally.acknowledged += 1;
                possible = vec![region];
            } else {
                tally.killed += 1;
            }
            lane.holds_one_of(&possible, run);
        }
        lane.finish();
        done.store(true, Ordering::Relaxed);
        tally.reads = reader.join().expect("a reader that finds nothing torn");
        tally
    })
}

impl Lane {
    fn new() -> Self {
        let sandbox = Sandbox::start(Config { seed: Some(9), ..Config::default() }).expect("a sandbox");
        Self { sandbox, place: Place::new(), whole: Vec::new() }
    }

    /// Runs undisturbed with each region to record the contents of the files, and with the first again.
    fn learn(&mut self) {
        for region in 0..REGIONS.len() {
            self.succeed(region);
            self.whole.push(self.files());
        }
        self.succeed(0);
        assert_eq!(self.files(), self.whole[0], "a region and a user decide what the files hold");
    }

    fn succeed(&self, region: usize) {
        let output = self.start(region).wait_with_output().expect("a child can be waited for");
        assert_eq!(code(output.status), 0, "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn user(&self, region: usize) -> &User {
        let users = self.sandbox.users();
        if region.is_multiple_of(2) { &users.management } else { &users.bootstrap }
    }

    fn start(&self, region: usize) -> Child {
        let yaml = format!("project_name: example\nshort_name: ex\nprimary_region: {}\n", REGIONS[region]);
        self.place.put("project.yaml", &yaml);
        self.place.put_csv(&keys(self.user(region)));
        let run = Run::leverage(&self.place, &self.sandbox.endpoint_url());
        let run = run.args(["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file"]);
        let mut command = run.args(["../keys/accessKeys.csv", "--overwrite-existing-credentials"]).into_command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        command.spawn().expect("the program starts")
    }

    /// Kills a run after a delay. Returns whether it had already succeeded.
    fn run_and_kill(&self, region: usize, delay: Duration) -> bool {
        let child = self.start(region);
        // The delay is the variable of this test.
        thread::sleep(delay);
        killpg(Pid::from_raw(child.id().cast_signed()), Signal::SIGKILL).expect("nobody has waited for it yet");
        let output = child.wait_with_output().expect("a child can be waited for");
        match code(output.status) {
            0 => true,
            137 => false,
            other => panic!("exit code {other}\n{}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// The config and the credentials file.
    fn files(&self) -> [Vec<u8>; 2] {
        ["config", "credentials"].map(|name| fs::read(self.place.aws().join(name)).expect("it is always there"))
    }

    /// Each file is as one of these runs makes it; both are as the same makes them, unless the next start has to put
    /// them back.
    fn holds_one_of(&self, possible: &[usize], run: usize) {
        let now = self.files();
        let holds = |file: usize, region: usize| self.whole[region][file] == now[file];
        for file in 0..2 {
            assert!(possible.iter().any(|region| holds(file, *region)), "run {run}: a change is lost or torn");
        }
        let is_whole = possible.iter().any(|region| holds(0, *region) && holds(1, *region));
        let is_unfinished = self.place.aws().join(".journal").exists();
        assert!(is_whole || is_unfinished, "run {run}: one file is new and the other is not");
    }

    /// The next run leaves nothing of the killed runs.
    fn finish(&self) {
        self.succeed(0);
        assert_eq!(self.files(), self.whole[0]);
        let tree = self.place.tree();
        assert!(leftovers(&tree).is_empty(), "{:?}", leftovers(&tree));
    }

    /// Reads the files until `done`: each must always be the result of some run. Returns the number of reads.
    fn read_until(&self, done: &AtomicBool) -> usize {
        let mut reads = 0;
        while !done.load(Ordering::Relaxed) {
            let now = self.files();
            for file in 0..2 {
                let text = || String::from_utf8_lossy(&now[file]).into_owned();
                assert!(self.whole.iter().any(|whole| whole[file] == now[file]), "torn:\n{}", text());
            }
            reads += 1;
        }
        reads
    }
}

//! Secrets in memory: searches all writable memory of a run that is about to end.

use nix::libc;
use nix::unistd::Pid;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use super::scene::{Case, Stage};
use super::trace::Verdict;

/// Checks that secrets are wiped, also those in buffers of the AWS SDK and other libraries.
pub fn check(stage: &Stage, case: Case) {
    let scene = stage.scene(case);
    let secrets = stage.secrets();
    let (mut while_asking, mut at_the_end, mut searched) = (Vec::new(), Vec::new(), 0);
    let run = scene.run(|_, call| {
        // The test would notice: during a request the keys are in memory.
        if call.is_numbered(libc::SYS_connect) && while_asking.is_empty() {
            while_asking = search(call.thread, &secrets).1;
        }
        if call.is_numbered(libc::SYS_exit_group) {
            (searched, at_the_end) = search(call.thread, &secrets);
        }
        Verdict::Proceed
    });
    assert_eq!(run.outcome.code, 0, "{}", run.outcome.stderr);
    assert!(!while_asking.is_empty(), "the search finds what is there");
    println!("memory, {}: {searched} bytes searched at the end; {} secrets left", case.name(), at_the_end.len());
    assert!(at_the_end.is_empty(), "{at_the_end:?}");
}

/// How many bytes the process of a thread can write to, and where secrets are in them.
fn search(thread: Pid, secrets: &[String]) -> (usize, Vec<String>) {
    let maps = fs::read_to_string(format!("/proc/{thread}/maps")).expect("the memory's map of a traced process");
    let memory = File::open(format!("/proc/{thread}/mem")).expect("the memory of a traced process");
    let mut searched = 0;
    let mut found = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw"))) {
        let range = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range of addresses");
        let [start, end] = [range.0, range.1].map(|address| u64::from_str_radix(address, 16).expect("an address"));
        let mut bytes = vec![0; usize::try_from(end - start).expect("a part of this machine's memory")];
        // An unmapped page has no contents.
        if memory.read_exact_at(&mut bytes, start).is_err() {
            continue;
        }
        searched += bytes.len();
        for secret in secrets {
            let times = bytes.windows(secret.len()).filter(|window| *window == secret.as_bytes()).count();
            if times > 0 {
                found.push(format!("{}…, {times} times in {line}", &secret[..4]));
            }
        }
    }
    (searched, found)
}

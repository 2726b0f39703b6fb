//! The list of the fault tests.

mod calls;
mod crowd;
mod disk;
mod errors;
mod figures;
mod ground;
mod kill;
mod length;
mod memory;
mod order;
mod power;
mod random_kills;
mod registers;
mod scene;
mod space;
mod state;
mod trace;

use libtest_mimic::{Arguments, Trial};

use ground::Ground;
use length::Length;
use scene::{Case, Stage};
use space::Then;

/// Runs them.
pub fn main() {
    let ground = Ground::enter();
    let length = Length::asked_for();
    let arguments = Arguments::from_args();
    if !ground.mounts && !arguments.list {
        println!("no file system may be mounted here: what would be mounted is emulated by errors at the calls");
    }
    let trial = |name: String, check: Box<dyn FnOnce() + Send>| {
        Trial::test(name, move || {
            check();
            Ok(())
        })
    };
    let mut trials = vec![
        trial("many_writers".to_owned(), Box::new(crowd::check)),
        trial("killed_at_any_time".to_owned(), Box::new(move || random_kills::check(length.choose(60, 10_000)))),
        trial("read_only_folders".to_owned(), Box::new(move || space::read_only(&Stage::new(ground)))),
    ];
    let mut each = |name: &str, cases: &[Case], check: fn(&Stage, Case, Length)| {
        for &case in cases {
            let check = move || check(&Stage::new(ground), case, length);
            trials.push(trial(format!("{name}::{}", case.name()), Box::new(check)));
        }
    };
    each("killed_at_calls", &Case::ALL, kill::check);
    each("errors", &Case::ALL, errors::check);
    each("order", &Case::ALL, |stage, case, _| order::check(stage, case));
    let [fresh, update, .., bound] = Case::ALL;
    each("memory", &[fresh, update], |stage, case, _| memory::check(stage, case));
    each("full_disk", &[fresh, update], |stage, case, _| space::full(stage, case));
    each("full_after_bytes", &[fresh, update], |stage, case, length| {
        space::byte_by_byte(stage, case, Then::Full, length);
    });
    each("killed_after_bytes", &[update, bound], |stage, case, length| {
        space::byte_by_byte(stage, case, Then::Killed, length);
    });
    each("killed_in_recovery", &[fresh, update, bound], kill::check_recovery);
    each("power_lost", &Case::ALL, power::check);
    each("power_lost_in_recovery", &[fresh, update, bound], power::check_recovery);
    each("power_lost_in_second_recovery", &[bound], power::check_second_recovery);
    let conclusion = libtest_mimic::run(&arguments, trials);
    figures::say();
    conclusion.exit();
}

//! The golden cases, each a test of its own, played through the program against moto.

use leverage_tests::case::Case;
use leverage_tests::golden::Staged;
use leverage_tests::playing::Program;
use libtest_mimic::{Arguments, Trial};

fn main() {
    let trials = Case::all().into_iter().map(|case| {
        Trial::test(case.name.clone(), move || {
            let staged = Staged::new(&case);
            staged.play(&Program);
            staged.check_modes();
            if case.succeeds() {
                staged.check_profiles();
                staged.play_again(&Program);
            }
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

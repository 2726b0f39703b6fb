//! Keeps panics inside the plugin, and off the terminal.
//!
//! A plugin library has a standard library of its own, so only the plugin itself can keep its panics
//! from being printed: the host's hook is never asked.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static MESSAGE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic becomes an error that says what it said and where.
pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(be_quiet);
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.map_err(|payload| {
        // A payload may panic again when it is dropped, and nothing is left to catch that.
        std::mem::forget(payload);
        MESSAGE.take().unwrap_or_else(|| "without a message".to_owned())
    })
}

/// Keeps what a guarded thread's panic says; all others are printed as before.
fn be_quiet() {
    let before = take_hook();
    set_hook(Box::new(move |panic| {
        if GUARDED.get() {
            MESSAGE.set(Some(describe(panic)));
        } else {
            before(panic);
        }
    }));
}

fn describe(panic: &PanicHookInfo<'_>) -> String {
    let message = panic.payload_as_str().unwrap_or("without a message");
    match panic.location() {
        Some(place) => format!("{message} ({place})"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::catch;

    #[test]
    fn a_panic_is_told_with_its_place() {
        let message = catch(|| panic!("no {}", "way")).unwrap_err();
        assert!(message.starts_with("no way (") && message.contains("guard.rs"), "{message}");
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_does_no_harm() {
        struct Grenade;
        impl Drop for Grenade {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        let message = catch(|| std::panic::panic_any(Grenade)).unwrap_err();
        assert!(message.starts_with("without a message ("), "{message}");
        assert_eq!(catch(|| 7), Ok(7));
    }
}

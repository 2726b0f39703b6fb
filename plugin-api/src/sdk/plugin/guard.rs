//! Catches panics inside the plugin, and does not print them.
//!
//! A plugin library has its own copy of the standard library, so the host's panic hook is not called for its panics.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static MESSAGE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`. A panic becomes an error with its message and place.
pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(be_quiet);
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.map_err(|payload| {
        // Dropping the payload could panic again, where nothing catches it.
        std::mem::forget(payload);
        MESSAGE.take().unwrap_or_else(|| "without a message".to_owned())
    })
}

/// Stores the message of a guarded thread's panic. Other panics are printed as before.
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
    fn panic_becomes_an_error_with_its_place() {
        let message = catch(|| panic!("no {}", "way")).unwrap_err();
        assert!(message.starts_with("no way (") && message.contains("guard.rs"), "{message}");
    }

    #[test]
    fn payload_that_panics_when_dropped_is_caught() {
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

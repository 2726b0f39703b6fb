//! What the test plugins share: a mark that shows that code of a library ran.

#![allow(clippy::disallowed_methods, reason = "a hostile plugin does what it likes")]

/// Leaves the file `<library>.opened` beside this library when it is opened, before anything else of it
/// runs. Linux only: the library's own path is read from the process's memory map.
#[macro_export]
macro_rules! leave_a_mark_when_opened {
    () => {
        extern "C" fn leave_a_mark() {
            $crate::mark(leave_a_mark as *const () as usize);
        }

        #[used]
        #[unsafe(link_section = ".init_array")]
        static LEAVE_A_MARK: extern "C" fn() = leave_a_mark;
    };
}

/// Marks the library that contains `address`.
pub fn mark(address: usize) {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let library = maps.lines().find_map(|line| {
        let (range, _) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let number = |text: &str| usize::from_str_radix(text, 16).ok();
        let holds = (number(start)?..number(end)?).contains(&address);
        holds.then(|| line.find('/').map(|at| line[at..].to_owned())).flatten()
    });
    if let Some(library) = library {
        // A test that expects the mark will miss it.
        let _ = std::fs::write(format!("{library}.opened"), "");
    }
}

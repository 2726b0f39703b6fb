//! How much is tried: everything, or some of it, always the same.

use std::iter::StepBy;
use std::ops::Range;

/// The variable that asks for the long form.
const VARIABLE: &str = "LEVERAGE_FAULTS";

/// The two forms of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Some of the points, spread evenly: for every change.
    Short,
    /// All of them.
    Long,
}

impl Length {
    /// The requested length.
    ///
    /// # Panics
    ///
    /// Another length is requested.
    pub fn asked_for() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) => Self::Short,
            Ok("long") => Self::Long,
            Ok(other) => panic!("{VARIABLE} is {other:?}: leave it out, or set it to \"long\""),
        }
    }

    /// Whether it is the long form.
    pub fn is_long(self) -> bool {
        self == Self::Long
    }

    /// One of two values.
    pub fn choose<T>(self, short: T, long: T) -> T {
        if self.is_long() { long } else { short }
    }

    /// The points to try, of `points`: all in the long form, about `short` of them otherwise.
    pub fn thin(self, points: usize, short: usize) -> Thinned {
        self.thin_both(points, short, points)
    }

    /// The points to try, of `points`: about `long` in the long form, about `short` otherwise.
    pub fn thin_both(self, points: usize, short: usize, long: usize) -> Thinned {
        let step = points.div_ceil(self.choose(short, long).max(1)).max(1);
        Thinned { points, step, offset: step / 2 }
    }
}

/// Every n-th point.
#[derive(Clone)]
pub struct Thinned {
    points: usize,
    step: usize,
    offset: usize,
}

impl Thinned {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.clone().into_iter().len()
    }
}

impl IntoIterator for Thinned {
    type Item = usize;
    type IntoIter = StepBy<Range<usize>>;

    fn into_iter(self) -> Self::IntoIter {
        (self.offset.min(self.points)..self.points).step_by(self.step)
    }
}

impl std::fmt::Debug for Thinned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "every {} from {}", self.step, self.offset)
    }
}

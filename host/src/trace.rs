//! Shows events of leverage on standard error, with `-v`. Each is one line, with control characters escaped.

#![allow(clippy::disallowed_methods, reason = "shows events on standard error")]

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, MakeWriter, format};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

use leverage_error::visible::safe;

/// Shows events up to `level`. Only those of leverage: events of the AWS SDK contain signed requests.
pub(crate) fn show(level: LevelFilter) {
    let own = Targets::new().with_target("leverage", level);
    tracing_subscriber::registry().with(lines(std::io::stderr)).with(own).init();
}

/// Writes each event to `writer`, without time and colors.
fn lines<S, W>(writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let fields = format::debug_fn(|line, field, value| {
        let value = safe(&format!("{value:?}"));
        match field.name() {
            "message" => line.write_str(&value),
            name => write!(line, "{name}={value}"),
        }
    });
    fmt::layer().with_writer(writer).without_time().with_ansi(false).fmt_fields(fields.delimited(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn event_is_one_line_with_control_characters_escaped() {
        let written = Written::default();
        let own = written.clone();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines(move || own.clone())), || {
            let path = Path::new("a\n\u{202e}b\u{1b}[2J");
            tracing::info!(file = %path.display(), count = 2, "read {}", path.display());
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let shown = "a\\u{a}\\u{202e}b\\u{1b}[2J";
        assert!(text.ends_with(&format!(" read {shown} file={shown} count=2\n")), "{text:?}");
    }
}

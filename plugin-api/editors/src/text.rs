//! The core of every editor: replacing parts of a text, finding lines and their endings, and naming a place in a file.
//! Places are byte offsets.

mod error;
mod lines;
mod splices;

pub use error::EditError;
pub(crate) use error::unicode_escape;
pub use lines::{
    BOM, Line, column, end_last_line, is_blank, line_end, line_indent, line_start, lines, newline_after,
    newline_before, next_line, own_line_indent, restore_last_line, skip_spaces, split_bom,
};
pub use splices::Splices;

//! Tables for a terminal.

use authlab_terminal::Look;
use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Row, Table, TableStyle, Width};

pub(crate) fn table(look: Look, style: TableStyle, header: impl Into<Row>) -> Table {
    let mut table = Table::new();
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
    // `look` decides about colours; the table library must not check whether stdout is a terminal.
    table.force_no_tty();
    if look.colour {
        table.enforce_styling();
    }
    table.set_header(header);
    table
}

/// A label, and a cell for each of the other columns.
pub(crate) fn row<C: Into<Cell>>(
    label: impl Into<Cell>,
    cells: impl IntoIterator<Item = C>,
) -> impl Iterator<Item = Cell> {
    std::iter::once(label.into()).chain(cells.into_iter().map(Into::into))
}

/// Gives the first columns these widths, and each of the others the same share of the rest, within its limits. So the
/// columns of several tables are aligned.
pub(crate) fn arrange(table: &mut Table, look: Look, first: &[u16], others: usize, (min, max): (u16, u16)) {
    let each = (room(look, first, others) / count(others)).clamp(min, max);
    let widths = first.iter().copied().chain((0..others).map(|_| each));
    table.set_constraints(widths.map(|width| ColumnConstraint::Absolute(Width::Fixed(width))));
}

/// The width that the first columns and the borders leave.
pub(crate) fn room(look: Look, first: &[u16], others: usize) -> u16 {
    look.width.saturating_sub(first.iter().sum::<u16>() + count(first.len() + others + 1))
}

/// At least 1, so that a width can be divided by it.
pub(crate) fn count(columns: usize) -> u16 {
    u16::try_from(columns).unwrap_or(u16::MAX).max(1)
}

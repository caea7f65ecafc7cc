//! A table for a person: aligned columns, colours, and long texts cut to the width of the terminal.

use crate::{
    config::Screen,
    message::{cut, printable, width},
};

/// A text of one line and its style.
pub(super) struct Cell {
    text: String,
    style: Style,
}

#[derive(Clone, Copy)]
pub(super) enum Style {
    Plain,
    Bold,
    Green,
    Yellow,
    Red,
}

impl Cell {
    /// Escapes the text.
    pub(super) fn new(text: impl AsRef<str>, style: Style) -> Self {
        Self { text: printable(text.as_ref()).into_owned(), style }
    }
}

impl Style {
    /// The parameter of the escape sequence (ECMA-48, SGR).
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Bold => Some("1"),
            Self::Green => Some("32"),
            Self::Yellow => Some("33"),
            Self::Red => Some("31"),
        }
    }
}

/// The lines of the table.
pub(super) fn render<const N: usize>(rows: &[[Cell; N]], screen: &Screen) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = width(&cell.text).max(*column);
        }
    }
    let gaps = GAP.len() * (N - 1);
    // The first column last: a person types the name in it.
    for columns in [1..N, 0..1] {
        while widths.iter().sum::<usize>() + gaps > screen.width
            && let Some(widest) = widths[columns.clone()].iter_mut().max()
            && *widest > NARROWEST
        {
            *widest -= 1;
        }
    }
    rows.iter().map(|row| line(row, &widths, screen.has_colours)).collect()
}

fn line(cells: &[Cell], widths: &[usize], has_colours: bool) -> String {
    let mut line = String::new();
    for (cell, &column) in cells.iter().zip(widths) {
        let text = cut(&cell.text, column);
        let padding = " ".repeat(column.saturating_sub(width(&text)));
        match cell.style.code().filter(|_| has_colours) {
            Some(code) => line.extend(["\x1b[", code, "m", &text, "\x1b[0m"]),
            None => line.push_str(&text),
        }
        line.extend([padding.as_str(), GAP]);
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

const GAP: &str = "  ";

/// No column is cut to less: a terminal that is too narrow wraps the line.
const NARROWEST: usize = 12;

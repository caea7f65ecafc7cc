//! Draws the screens of a terminal as an SVG. Each text is drawn once, and CSS animation shows it
//! while it is on the screen. Without animation, the picture is the last screen.

use std::{collections::BTreeMap, fmt::Write as _, iter};

/// What a terminal shows for a while.
pub(super) struct Frame {
    pub(super) rows: Vec<Vec<Cell>>,
    /// Row and column.
    pub(super) cursor: (u16, u16),
    pub(super) milliseconds: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) character: char,
    /// One of the eight colours of a terminal.
    pub(super) colour: Option<u8>,
    pub(super) is_bold: bool,
}

/// A text with one style.
struct Run {
    row: usize,
    column: usize,
    style: Cell,
    text: String,
}

/// The frames that show something: the first, and the first that no longer does.
type Lifetime = (usize, usize);

/// In pixels. The glyphs of most monospace fonts are 0.6 times as wide as the font's size.
const FONT: usize = 15;
const ADVANCE: usize = 9;
const LINE: usize = 20;
const MARGIN: usize = 18;
/// From the top to the baseline of the first row.
const TOP: usize = 55;

const FONTS: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',\
                     'Liberation Mono',monospace";

/// The window is dark on each page: its border shows on a dark page, too.
const BACKGROUND: &str = "#161b22";
const BORDER: &str = "#484f58";
const FOREGROUND: &str = "#e6edf3";
/// Black (drawn grey), red, green, yellow, blue, magenta, cyan, white.
const COLOURS: [&str; 8] =
    ["#9da7b3", "#ff7b72", "#7ee787", "#f2cc60", "#79c0ff", "#d2a8ff", "#76e3ea", "#f0f6fc"];

pub(super) const GREY: u8 = 0;

pub(super) fn draw(title: &str, frames: &[Frame]) -> String {
    let timeline = Timeline::of(frames);
    let last = frames.last().unwrap();
    let width = last.rows[0].len() * ADVANCE + 2 * MARGIN;
    let height = TOP + last.rows.len() * LINE;
    let (mut styles, mut body) = (String::new(), String::new());
    for (number, (lifetime, runs)) in texts(frames).iter().enumerate() {
        let attributes = match timeline.visibility(*lifetime) {
            None => String::new(),
            Some(steps) => {
                writeln!(styles, "@keyframes k{number}{{{steps}}}").unwrap();
                let is_last = lifetime.1 == frames.len();
                let hidden = if is_last { "" } else { " visibility=\"hidden\"" };
                format!(" class=\"a\" style=\"animation-name:k{number}\"{hidden}")
            }
        };
        let runs: String = runs.iter().map(Run::draw).collect();
        writeln!(body, "<g{attributes}>{runs}</g>").unwrap();
    }
    let mut cursor_animation = "";
    if frames.len() > 1 {
        cursor_animation = " class=\"a\" style=\"animation-name:c\"";
        styles.push_str("@keyframes c{");
        for (number, frame) in frames.iter().enumerate() {
            let (begins, (x, y)) = (timeline.percent(number), corner(frame));
            write!(styles, "{begins}{{transform:translate({x}px,{y}px)}}").unwrap();
        }
        let seconds = f64::from(timeline.total()) / 1000.0;
        write!(
            styles,
            "}}\n.a{{animation:{seconds}s step-end infinite}}\n\
             @media (prefers-reduced-motion:reduce){{.a{{animation:none!important}}}}\n"
        )
        .unwrap();
    }
    let (x, y) = corner(last);
    let button = |x: usize| format!("<circle cx=\"{x}\" cy=\"20\" r=\"6\" fill=\"{BORDER}\"/>");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <title>{title}</title>\n<desc>\n{desc}\n</desc>\n<style>\n\
         svg{{font:{FONT}px {FONTS};fill:{FOREGROUND}}}\n{styles}</style>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{inner_width}\" height=\"{inner_height}\" rx=\"8\" \
         fill=\"{BACKGROUND}\" stroke=\"{BORDER}\"/>\n{buttons}\n\
         <rect width=\"{ADVANCE}\" height=\"{cursor_height}\" fill-opacity=\"0.6\" \
         transform=\"translate({x},{y})\"{cursor_animation}/>\n{body}</svg>\n",
        title = escape(title),
        desc = escape(&lines(last).join("\n")),
        inner_width = width - 1,
        inner_height = height - 1,
        buttons = [24, 44, 64].map(button).concat(),
        cursor_height = LINE - 1,
    )
}

/// The text of a screen, without empty lines at its end.
pub(super) fn lines(frame: &Frame) -> Vec<String> {
    let line = |row: &Vec<Cell>| row.iter().map(|cell| cell.character).collect::<String>();
    let mut lines: Vec<_> = frame.rows.iter().map(|row| line(row).trim_end().to_owned()).collect();
    while lines.pop_if(|line| line.is_empty()).is_some() {}
    lines
}

/// The row and the column of a text.
pub(super) fn position(x: usize, y: usize) -> (usize, usize) {
    ((y - TOP) / LINE, (x - MARGIN) / ADVANCE)
}

fn x(column: usize) -> usize {
    MARGIN + column * ADVANCE
}

/// The upper left corner of the cursor.
fn corner(frame: &Frame) -> (usize, usize) {
    let (row, column) = frame.cursor;
    (x(column.into()), baseline(row.into()) - FONT)
}

fn baseline(row: usize) -> usize {
    TOP + row * LINE
}

/// When each frame begins, in milliseconds, and at the end the length of the animation.
struct Timeline(Vec<u32>);

impl Timeline {
    fn of(frames: &[Frame]) -> Self {
        let mut begins = vec![0];
        for frame in frames {
            begins.push(begins[begins.len() - 1] + frame.milliseconds);
        }
        Self(begins)
    }

    fn total(&self) -> u32 {
        self.0[self.0.len() - 1]
    }

    /// When a frame begins, for `@keyframes`.
    fn percent(&self, frame: usize) -> String {
        let percent = f64::from(self.0[frame]) * 100.0 / f64::from(self.total());
        let text = format!("{percent:.3}");
        format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
    }

    /// The steps of `@keyframes`; `None` for what is always visible.
    fn visibility(&self, (begin, end): Lifetime) -> Option<String> {
        let frames = self.0.len() - 1;
        let step = |at: &str, is_visible: bool| {
            format!("{at}{{visibility:{}}}", if is_visible { "visible" } else { "hidden" })
        };
        let begins = self.percent(begin);
        Some(match (begin > 0, end < frames) {
            (false, false) => return None,
            (true, false) => step("0%", false) + &step(&format!("{begins},to"), true),
            (false, true) => step("0%", true) + &step(&format!("{},to", self.percent(end)), false),
            (true, true) => {
                let ends = self.percent(end);
                step(&format!("0%,{ends},to"), false) + &step(&begins, true)
            }
        })
    }
}

/// The texts of all frames, by their lifetimes.
fn texts(frames: &[Frame]) -> BTreeMap<Lifetime, Vec<Run>> {
    let mut texts: BTreeMap<Lifetime, Vec<Run>> = BTreeMap::new();
    for (row, cells) in frames[0].rows.iter().enumerate() {
        for column in 0..cells.len() {
            let mut begin = 0;
            while begin < frames.len() {
                let cell = frames[begin].rows[row][column];
                let same = frames[begin..].iter().take_while(|f| f.rows[row][column] == cell);
                let end = begin + same.count();
                if cell.character != ' ' {
                    add(texts.entry((begin, end)).or_default(), row, column, cell);
                }
                begin = end;
            }
        }
    }
    texts
}

/// Adds a character. A text goes on after one space, but not after more: viewers treat them as one.
/// A space hides no other text.
fn add(runs: &mut Vec<Run>, row: usize, column: usize, cell: Cell) {
    let style = Cell { character: ' ', ..cell };
    match runs.last_mut() {
        Some(run) if (run.row, run.style) == (row, style) && column <= run.end() + 1 => {
            let gap = column - run.end();
            run.text.extend(iter::repeat_n(' ', gap).chain([cell.character]));
        }
        _ => runs.push(Run { row, column, style, text: cell.character.into() }),
    }
}

impl Run {
    fn length(&self) -> usize {
        self.text.chars().count()
    }

    fn end(&self) -> usize {
        self.column + self.length()
    }

    /// `textLength` keeps the columns aligned in a font whose glyphs have another width.
    fn draw(&self) -> String {
        let mut attributes = format!("x=\"{}\" y=\"{}\"", x(self.column), baseline(self.row));
        if self.length() > 1 {
            write!(attributes, " textLength=\"{}\"", self.length() * ADVANCE).unwrap();
        }
        if let Some(colour) = self.style.colour {
            write!(attributes, " fill=\"{}\"", COLOURS[usize::from(colour)]).unwrap();
        }
        if self.style.is_bold {
            attributes.push_str(" font-weight=\"bold\"");
        }
        format!("<text {attributes}>{}</text>", escape(&self.text))
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

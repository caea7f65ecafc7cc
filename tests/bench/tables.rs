//! The tables, in Markdown.

use std::path::Path;

use crate::{
    cases::{Case, REUSE, STATUS, WHOLE_JOB},
    sample::{MEMORY, PROCESSOR, WALL},
};

/// The file of 10,000 profiles has this length in MB.
pub(crate) fn print(programs: &[String], cases: &[Case], file: f64) {
    let of = |program| cases.iter().filter(move |case| case.program == program).collect::<Vec<_>>();
    let references = of(None);
    let programs: Vec<_> = programs
        .iter()
        .enumerate()
        .map(|(index, path)| (Path::new(path).file_name().unwrap().display(), of(Some(index))))
        .collect();

    let names = programs.iter().map(|(name, _)| name.to_string());
    row([String::new()].into_iter().chain(names));
    separator(programs.len());
    let summaries: Vec<_> =
        programs.iter().map(|(_, cases)| summary(cases, references[1], file)).collect();
    for (index, (label, _)) in summaries[0].iter().enumerate() {
        let figures = summaries.iter().map(|summary| number(summary[index].1));
        row([label.clone()].into_iter().chain(figures));
    }

    for (name, cases) in &programs {
        println!("\n{name}:\n");
        row(HEADINGS.map(ToOwned::to_owned));
        separator(HEADINGS.len() - 1);
        for case in references.iter().chain(cases) {
            let mut cells = vec![case.name.to_owned(), case.profiles.to_owned()];
            for figure in [WALL, PROCESSOR] {
                cells.push(number(case.median(figure)));
                cells.extend(references.iter().map(|other| number(case.ratio(other, figure))));
            }
            cells.extend([case.instructions, case.median(MEMORY)].map(number));
            row(cells);
        }
    }
}

const HEADINGS: [&str; 10] = [
    "",
    "profiles",
    "wall time, ms",
    "/ true",
    "/ curl",
    "processor time, ms",
    "/ true",
    "/ curl",
    "million instructions",
    "peak memory, MB",
];

fn row(cells: impl IntoIterator<Item = String>) {
    println!("| {} |", cells.into_iter().collect::<Vec<_>>().join(" | "));
}

/// The line below the headings; all columns but the first contain numbers.
fn separator(numbers: usize) {
    println!("| --- |{}", " ---: |".repeat(numbers));
}

/// The figures that matter most.
fn summary(cases: &[&Case], curl: &Case, file: f64) -> Vec<(String, f64)> {
    let find = |job, profiles| {
        let mut of_job = cases.iter().filter(|case| case.name == job);
        of_job.find(|case| case.profiles == profiles).unwrap()
    };
    let count = |job, profiles| find(job, profiles).instructions;
    let jobs = [REUSE, STATUS, WHOLE_JOB];
    let mut rows = Vec::new();
    for (profiles, label) in [("1", "1 profile"), ("10,000", "10,000 profiles")] {
        rows.extend(
            jobs.map(|job| (format!("{job}, {label}: million instructions"), count(job, profiles))),
        );
    }
    let growth = count(WHOLE_JOB, "10,000") - count(WHOLE_JOB, "1");
    rows.push((
        format!("{WHOLE_JOB}, 10,000 profiles minus 1 profile: million instructions"),
        growth,
    ));
    rows.extend(jobs.map(|job| {
        let ratio = count(job, "100,000") / count(job, "10,000");
        (format!("{job}, 100,000 profiles / 10,000 profiles: instructions"), ratio)
    }));
    for (label, figure) in [("wall time", WALL), ("processor time", PROCESSOR)] {
        let ratio = find(WHOLE_JOB, "1").ratio(curl, figure);
        rows.push((format!("{WHOLE_JOB}, 1 profile / curl: {label}"), ratio));
    }
    rows.extend(jobs.map(|job| {
        let label = format!("{job}, 10,000 profiles: peak memory, MB");
        (label, find(job, "10,000").median(MEMORY))
    }));
    rows.push(("3 × the credentials file of 10,000 profiles + 5 MB".into(), 3.0 * file + 5.0));
    rows
}

fn number(figure: f64) -> String {
    if figure.is_nan() { "NOT MEASURED: no valgrind".into() } else { format!("{figure:.2}") }
}

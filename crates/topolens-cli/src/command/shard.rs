//! `topolens shard`.

use std::sync::atomic::Ordering;

use anyhow::ensure;
use serde_json::json;
use topolens_lab::report::three_digits;
use topolens_lab::shard::{CloudPlan, Shard};
use topolens_lab::store::npy_bytes;

use super::neighbors::{Found, quartiles, write_neighbors};
use crate::arguments::{
    ShardAction, ShardArguments, ShardMergeArguments, ShardPlanArguments, ShardRunArguments,
};
use crate::interrupt;
use crate::memory;
use crate::output_files::ensure_files;
use crate::terminal::{StudyProgress, note, print, print_json, write_file, write_json};

pub(crate) fn run(arguments: &ShardArguments) -> anyhow::Result<()> {
    match &arguments.action {
        ShardAction::Plan(arguments) => plan(arguments),
        ShardAction::Run(arguments) => work(arguments),
        ShardAction::Merge(arguments) => merge(arguments),
    }
}

fn plan(arguments: &ShardPlanArguments) -> anyhow::Result<()> {
    let points = &arguments.points;
    ensure!(
        points.extension().is_none_or(|extension| extension != "toml"),
        "POINTS: {} is a sweep, which is its own plan: give `topolens sweep` --shard i/n on each machine, then run it without",
        points.display()
    );
    let plan = CloudPlan::new(points, arguments.block_size, arguments.neighbors)?;
    plan.write(&arguments.out)?;
    let n_tasks = plan.n_tasks();
    if arguments.common.json {
        return print_json(&json!({
            "schema": "topolens.shard-plan/1", "n_points": plan.n_points, "n_features": plan.n_features,
            "block_size": plan.block_size, "n_neighbors": plan.n_neighbors, "n_tasks": n_tasks, "task_bytes": plan.task_bytes(),
        }));
    }
    print(&format!(
        "{} × {} points in {n_tasks} tasks, each of up to {} of memory\nnext: topolens shard run {3} --shard i/n on each of n machines, then \
         topolens shard merge {3}",
        plan.n_points,
        plan.n_features,
        memory::in_words(plan.task_bytes()),
        arguments.out.display()
    ))
}

fn work(arguments: &ShardRunArguments) -> anyhow::Result<()> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let shard: Shard = arguments.shard.parse()?;
    let folder = &arguments.folder;
    let plan = CloudPlan::read(folder)?;
    let own: Vec<usize> = (0..plan.n_tasks()).filter(|task| shard.holds(*task)).collect();
    let left: Vec<usize> = own.iter().copied().filter(|task| !plan.is_done(folder, *task)).collect();
    memory::ensure_left(plan.task_bytes(), "plan smaller blocks with --block-size")?;
    if left.len() < own.len() {
        note(&format!("{} of {} tasks are done already", own.len() - left.len(), own.len()));
    }
    let progress = StudyProgress::new("shard", left.len());
    for task in &left {
        if interrupt.load(Ordering::Relaxed) {
            progress.finish();
            return Err(topolens_lab::Error::interrupted().into());
        }
        plan.run(folder, *task)?;
        progress.step(&format!("task {task}"));
    }
    progress.finish();
    if arguments.common.json {
        let done = json!({ "n_tasks": plan.n_tasks(), "n_own": own.len(), "n_done_now": left.len() });
        return print_json(&json!({ "schema": "topolens.shard-run/1", "tasks": done }));
    }
    print(&format!("{} of {} tasks done in {}", own.len(), plan.n_tasks(), folder.display()))
}

fn merge(arguments: &ShardMergeArguments) -> anyhow::Result<()> {
    let files = [
        ("--deaths", arguments.deaths.as_deref()),
        ("--distances", arguments.distances.as_deref()),
        ("--indices", arguments.indices.as_deref()),
        ("--out", arguments.out.as_deref()),
    ];
    let plan = CloudPlan::read(&arguments.folder)?;
    ensure_files(&files, &[&plan.points])?;
    let progress = StudyProgress::new("merge", plan.n_tasks());
    let merged =
        plan.merge(&arguments.folder, &mut |n_read| progress.step(&format!("task {}", n_read - 1)))?;
    progress.finish();
    let found = Found::new(&merged.neighbors, plan.n_features);
    let deaths: Vec<f64> = merged.tree.lengths().collect();
    let sum = merged.tree.lifespans_sum(1.0);
    let largest = deaths.last().copied();
    let document = json!({
        "schema": "topolens.shard-merge/1", "lifespans_sum": sum, "deaths": quartiles(deaths.clone()), "largest_death": largest,
        "neighbors": found.document(),
    });
    if let Some(path) = &arguments.deaths {
        write_file(path, &npy_bytes(&deaths, deaths.len())?)?;
    }
    write_neighbors(&merged.neighbors, arguments.distances.as_deref(), arguments.indices.as_deref())?;
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
    }
    if arguments.common.json {
        return print_json(&document);
    }
    let mut table = found.table();
    let [lower, median, upper] = quartiles(deaths).map(three_digits);
    table.row(vec!["E0, the sum of lifespans of components".into(), three_digits(sum)]);
    table.row(vec![
        "death of a component, median (quartiles)".into(),
        format!("{median} ({lower} … {upper})"),
    ]);
    table.row(vec!["largest death".into(), largest.map_or_else(|| "-".to_owned(), three_digits)]);
    print(&table.to_string())
}

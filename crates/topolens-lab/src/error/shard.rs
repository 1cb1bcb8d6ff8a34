//! What can be wrong with work that is done in parts.

use std::fmt;
use std::path::PathBuf;

/// Why parts cannot be planned, done or merged.
#[derive(Debug)]
pub(crate) enum ShardProblem {
    NoFeatures { points: PathBuf },
    Neighbors { given: usize, n_points: usize },
    BlockSize { given: usize, n_neighbors: usize },
    NotAPlan { folder: PathBuf, reason: String },
    OtherPlan { folder: PathBuf },
    OtherPoints { points: PathBuf },
    NoTask { task: usize, n_tasks: usize },
    NotDone { n_left: usize, n_tasks: usize, first: usize },
    Damaged { path: PathBuf },
}

impl fmt::Display for ShardProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFeatures { points } => {
                write!(f, "{} has no columns; give a matrix of points with features", points.display())
            }
            Self::Neighbors { given, n_points } => {
                write!(
                    f,
                    "--neighbors: {given} of {n_points} points; give 1 or more, and fewer than there are points"
                )
            }
            Self::BlockSize { given, n_neighbors } => {
                write!(
                    f,
                    "--block-size: {given} rows; give more than the {n_neighbors} neighbours of each point"
                )
            }
            Self::NotAPlan { folder, reason } => write!(
                f,
                "{} holds no plan ({reason}); `topolens shard plan POINTS --out {0}` makes one",
                folder.display()
            ),
            Self::OtherPlan { folder } => {
                write!(f, "--out: {} holds another plan; take another folder, or remove it", folder.display())
            }
            Self::OtherPoints { points } => {
                write!(
                    f,
                    "{} has changed since the plan was made; make a new plan in another folder",
                    points.display()
                )
            }
            Self::NoTask { task, n_tasks } => {
                write!(f, "there is no task {task}: there are {n_tasks} tasks, counted from 0")
            }
            Self::NotDone { n_left, n_tasks, first } => write!(
                f,
                "{n_left} of {n_tasks} tasks are not done, task {first} first; `topolens shard run` does what is left"
            ),
            Self::Damaged { path } => {
                write!(f, "{} is damaged; remove it and run `topolens shard run` again", path.display())
            }
        }
    }
}

//! A cloud in a file, cut into blocks of rows.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use topolens::{Edge, NeighborTable, PointCloud, Scalar, SpanningTree, minimum_spanning_tree};

use crate::Result;
use crate::error::{Error, ErrorKind, ShardProblem};
use crate::input::MatrixFile;
use crate::store::atomic::write_atomically;
use crate::store::{npy_bytes, to_json};

/// What is to be done of a cloud; `plan.json` in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudPlan {
    schema: String,
    /// The `.npy` file of the points.
    pub points: PathBuf,
    /// Its length and the checksum of its ends, by which another file is known.
    n_bytes: u64,
    blake3: String,
    /// Points.
    pub n_points: usize,
    /// Features.
    pub n_features: usize,
    /// Bytes of a number.
    single: bool,
    /// Rows of a block.
    pub block_size: usize,
    /// Neighbours of each point.
    pub n_neighbors: usize,
}

/// The tree and the neighbours of the whole cloud.
#[derive(Debug)]
pub struct Merged {
    /// Its edges are the deaths of components.
    pub tree: SpanningTree,
    /// Exact neighbours.
    pub neighbors: NeighborTable,
}

const SCHEMA: &str = "topolens.shards/1";
const FILE: &str = "plan.json";

impl CloudPlan {
    /// Plans the work on the points of a `.npy` file in row order.
    ///
    /// # Errors
    ///
    /// The file is none, has fewer than three points, or `block_size` is not above `n_neighbors`.
    pub fn new(points: &Path, block_size: usize, n_neighbors: usize) -> Result<Self> {
        let file = MatrixFile::open(points)?;
        let path = fs::canonicalize(points).map_err(|source| Error::io("find", points, source))?;
        let (n_points, n_features) = (file.n_rows, file.n_columns);
        if n_features == 0 {
            return Err(problem(ShardProblem::NoFeatures { points: points.into() }));
        }
        if n_neighbors == 0 || n_neighbors >= n_points {
            return Err(problem(ShardProblem::Neighbors { given: n_neighbors, n_points }));
        }
        if block_size <= n_neighbors {
            return Err(problem(ShardProblem::BlockSize { given: block_size, n_neighbors }));
        }
        let (n_bytes, blake3) = fingerprint(&path)?;
        let single = file.is_single();
        let schema = SCHEMA.to_owned();
        Ok(Self {
            schema,
            points: path,
            n_bytes,
            blake3,
            n_points,
            n_features,
            single,
            block_size,
            n_neighbors,
        })
    }

    /// Writes the plan into `folder`.
    ///
    /// # Errors
    ///
    /// The folder holds another plan, or cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        if Self::is_one(folder) && Self::read(folder)? != *self {
            return Err(problem(ShardProblem::OtherPlan { folder: folder.into() }));
        }
        let path = folder.join(FILE);
        write_atomically(&path, &to_json(self, &path)?)
    }

    /// Whether `folder` holds a plan.
    pub fn is_one(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// The plan in `folder`.
    ///
    /// # Errors
    ///
    /// There is none, or the points have changed since.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let not_one = |reason: String| problem(ShardProblem::NotAPlan { folder: folder.into(), reason });
        let text = fs::read(&path).map_err(|source| not_one(source.to_string()))?;
        let plan: Self = serde_json::from_slice(&text).map_err(|source| not_one(source.to_string()))?;
        if plan.schema != SCHEMA {
            return Err(not_one(format!("its schema is {:?}", plan.schema)));
        }
        if fingerprint(&plan.points)? != (plan.n_bytes, plan.blake3.clone()) {
            return Err(problem(ShardProblem::OtherPoints { points: plan.points }));
        }
        Ok(plan)
    }

    /// How many tasks there are: pairs of blocks, or the only block.
    pub fn n_tasks(&self) -> usize {
        let n_blocks = self.n_points.div_ceil(self.block_size);
        (n_blocks * (n_blocks - 1) / 2).max(1)
    }

    /// The most memory that a task takes beside the program, about: two blocks, their neighbours and their tree.
    pub fn task_bytes(&self) -> u64 {
        let n_rows = self.n_points.min(2 * self.block_size) as u64;
        let numbers = self.n_features as u64 * if self.single { 4 + 8 } else { 8 + 8 };
        n_rows * (numbers + 64 * self.n_neighbors as u64 + 64)
    }

    /// Whether a task is done: what it wrote is there, and as long as it should be.
    pub fn is_done(&self, folder: &Path, task: usize) -> bool {
        let n_points: usize = self.blocks(task).iter().map(Range::len).sum();
        let expected = [n_points.saturating_sub(1), n_points];
        let is_whole = |(file, n_rows): (&PathBuf, usize)| {
            MatrixFile::open(file).is_ok_and(|matrix| matrix.n_rows == n_rows)
        };
        files(folder, task).iter().zip(expected).all(is_whole)
    }

    /// Does a task, and writes what it finds into `folder`.
    ///
    /// # Errors
    ///
    /// The points cannot be read or are not finite, or the folder cannot be written.
    ///
    /// # Complexity
    ///
    /// $O(b^2 D)$ time for blocks of $b$ rows.
    pub fn run(&self, folder: &Path, task: usize) -> Result<()> {
        let mut file = MatrixFile::open(&self.points)?;
        if self.single {
            self.measure::<f32>(&mut file, folder, task)
        } else {
            self.measure::<f64>(&mut file, folder, task)
        }
    }

    fn measure<S: Scalar>(&self, file: &mut MatrixFile, folder: &Path, task: usize) -> Result<()> {
        let mut cloud: Option<PointCloud<S>> = None;
        for block in self.blocks(task) {
            let rows = file.points::<S>(block)?;
            cloud = Some(match cloud {
                Some(first) => PointCloud::new(
                    [first.values(), rows.values()].concat(),
                    first.n_points() + rows.n_points(),
                    self.n_features,
                )?,
                None => rows,
            });
        }
        let cloud = cloud.ok_or_else(|| problem(ShardProblem::NoTask { task, n_tasks: self.n_tasks() }))?;
        let numbers = self.numbers(task);
        let edges = minimum_spanning_tree(&cloud).renumbered(&numbers);
        let edges: Vec<f64> = edges
            .edges()
            .iter()
            .flat_map(|edge| [edge.first as f64, edge.second as f64, edge.length])
            .collect();
        let n_neighbors = self.n_neighbors.min(cloud.n_points() - 1);
        let table = NeighborTable::new(&cloud, n_neighbors)?;
        let of_point = |point: usize| {
            let places = table.indices(point).iter().map(|index| *index as f64);
            places.chain(table.distances(point).iter().copied())
        };
        let neighbors: Vec<f64> = (0..cloud.n_points()).flat_map(of_point).collect();
        let [tree_file, neighbor_file] = files(folder, task);
        for (path, values, n_rows) in
            [(tree_file, edges, cloud.n_points() - 1), (neighbor_file, neighbors, cloud.n_points())]
        {
            let bytes = npy_bytes(&values, n_rows).map_err(|source| Error::io("write", &path, source))?;
            write_atomically(&path, &bytes)?;
        }
        Ok(())
    }

    /// The tree and the neighbours of the whole; `progress` hears the number of tasks read.
    ///
    /// # Errors
    ///
    /// A task is not done, or what it wrote is damaged.
    ///
    /// # Complexity
    ///
    /// $O(nk)$ memory, whatever the number of tasks.
    pub fn merge(&self, folder: &Path, progress: &mut dyn FnMut(usize)) -> Result<Merged> {
        let left: Vec<usize> = (0..self.n_tasks()).filter(|task| !self.is_done(folder, *task)).collect();
        if let Some(first) = left.first() {
            let (n_left, first) = (left.len(), *first);
            return Err(problem(ShardProblem::NotDone { n_left, n_tasks: self.n_tasks(), first }));
        }
        let mut edges: Vec<Edge> = Vec::new();
        for task in 0..self.n_tasks() {
            edges.extend(self.edges(folder, task)?);
            // A forest at a time, so that memory does not grow with the tasks.
            edges = SpanningTree::of_edges(self.n_points, edges).edges().to_vec();
            progress(task + 1);
        }
        let tree = SpanningTree::of_edges(self.n_points, edges);
        let parts = (0..self.n_tasks()).map(|task| self.neighbors(folder, task));
        let neighbors = NeighborTable::joined(self.n_points, self.n_neighbors, parts)?;
        Ok(Merged { tree, neighbors })
    }

    fn edges(&self, folder: &Path, task: usize) -> Result<Vec<Edge>> {
        let [path, _] = files(folder, task);
        let mut file = MatrixFile::open(&path)?;
        let rows = file.points::<f64>(0..file.n_rows)?;
        let edge = |row: &[f64]| match *row {
            [first, second, length] => {
                let (first, second) = (self.point(first)?, self.point(second)?);
                Some(Edge { first, second, length })
            }
            _ => None,
        };
        let edges: Option<Vec<Edge>> = rows.points().map(edge).collect();
        edges
            .filter(|edges| edges.len() + 1 == self.numbers(task).len())
            .ok_or_else(|| problem(ShardProblem::Damaged { path }))
    }

    fn neighbors(&self, folder: &Path, task: usize) -> Result<(Vec<usize>, NeighborTable)> {
        let [_, path] = files(folder, task);
        let mut file = MatrixFile::open(&path)?;
        let rows = file.points::<f64>(0..file.n_rows)?;
        let numbers = self.numbers(task);
        let n_neighbors = self.n_neighbors.min(numbers.len().saturating_sub(1));
        let list = |row: &[f64]| {
            let (places, distances) = row.split_at_checked(n_neighbors)?;
            let places = places.iter().map(|place| self.point(*place).filter(|at| *at < numbers.len()));
            Some(distances.iter().copied().zip(places.collect::<Option<Vec<usize>>>()?).collect::<Vec<_>>())
        };
        let is_whole = rows.n_points() == numbers.len() && rows.n_features() == 2 * n_neighbors;
        let lists: Option<Vec<_>> = rows.points().map(list).collect();
        let table = lists.filter(|_| is_whole).map(|lists| NeighborTable::of_lists(&lists, n_neighbors));
        table.map(|table| (numbers, table)).ok_or_else(|| problem(ShardProblem::Damaged { path }))
    }

    /// A number of a point as it was written.
    fn point(&self, value: f64) -> Option<usize> {
        #[expect(clippy::cast_sign_loss, reason = "looked at before")]
        let point = (value >= 0.0 && value.fract() == 0.0).then_some(value as usize);
        point.filter(|point| *point < self.n_points)
    }

    /// The rows of the blocks of a task.
    fn blocks(&self, task: usize) -> Vec<Range<usize>> {
        let n_blocks = self.n_points.div_ceil(self.block_size);
        let rows = |block: usize| {
            let first = block * self.block_size;
            first..self.n_points.min(first + self.block_size)
        };
        if n_blocks == 1 {
            return (task == 0).then(|| rows(0)).into_iter().collect();
        }
        let pairs = (0..n_blocks).flat_map(|a| (a + 1..n_blocks).map(move |b| [a, b]));
        pairs.skip(task).take(1).flatten().map(rows).collect()
    }

    /// The numbers in the whole of the rows of a task.
    fn numbers(&self, task: usize) -> Vec<usize> {
        self.blocks(task).into_iter().flatten().collect()
    }
}

/// Where a task writes the tree and the neighbours.
fn files(folder: &Path, task: usize) -> [PathBuf; 2] {
    ["tree", "neighbors"].map(|kind| folder.join(format!("task-{task:06}-{kind}.npy")))
}

fn problem(problem: ShardProblem) -> Error {
    Error::new(ErrorKind::Shard(problem))
}

/// The length of a file, and the checksum of its first and its last mebibyte: the whole may be larger than memory.
fn fingerprint(path: &Path) -> Result<(u64, String)> {
    use std::io::{Read, Seek, SeekFrom};
    const END: u64 = 1 << 20;
    let io = |source| Error::io("read", path, source);
    let mut file = fs::File::open(path).map_err(io)?;
    let n_bytes = file.metadata().map_err(io)?.len();
    let mut hasher = blake3::Hasher::new();
    for start in [0, n_bytes.saturating_sub(END)] {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(start)).map_err(io)?;
        Read::by_ref(&mut file).take(END).read_to_end(&mut bytes).map_err(io)?;
        hasher.update(&bytes);
    }
    Ok((n_bytes, hasher.finalize().to_hex().to_string()))
}

#[cfg(test)]
mod tests {
    use topolens::synthetic;

    use super::*;

    fn file(n_points: usize) -> (tempfile::TempDir, PathBuf, PointCloud<f64>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.npy");
        let cloud = synthetic::gaussian(n_points, 5, 3).unwrap();
        fs::write(&path, npy_bytes(cloud.values(), n_points).unwrap()).unwrap();
        (folder, path, cloud)
    }

    #[test]
    fn tasks_in_any_order_give_the_tree_and_the_neighbours_of_the_whole() {
        for (n_points, block_size) in [(230, 60), (230, 64), (50, 100), (101, 50)] {
            let (folder, points, cloud) = file(n_points);
            let shards = folder.path().join("shards");
            let plan = CloudPlan::new(&points, block_size, 7).unwrap();
            plan.write(&shards).unwrap();
            let plan = CloudPlan::read(&shards).unwrap();
            let refused = plan.merge(&shards, &mut |_| {}).unwrap_err().to_string();
            assert!(refused.contains("not done"), "{refused}");
            for task in (0..plan.n_tasks()).rev() {
                assert!(!plan.is_done(&shards, task));
                plan.run(&shards, task).unwrap();
                assert!(plan.is_done(&shards, task));
            }
            let merged = plan.merge(&shards, &mut |_| {}).unwrap();
            let whole = minimum_spanning_tree(&cloud);
            assert!(merged.tree.lengths().eq(whole.lengths()));
            assert_eq!(merged.neighbors, NeighborTable::new(&cloud, 7).unwrap());
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let (folder, points, _) = file(40);
        let message = |error: Error| error.to_string();
        assert!(message(CloudPlan::new(&points, 10, 40).unwrap_err()).contains("--neighbors"));
        assert!(message(CloudPlan::new(&points, 5, 5).unwrap_err()).contains("--block-size"));
        let shards = folder.path().join("shards");
        assert!(message(CloudPlan::read(&shards).unwrap_err()).contains("topolens shard plan"));
        let plan = CloudPlan::new(&points, 10, 3).unwrap();
        plan.write(&shards).unwrap();
        plan.write(&shards).unwrap();
        let other = CloudPlan::new(&points, 20, 3).unwrap();
        assert!(message(other.write(&shards).unwrap_err()).contains("another plan"));
        assert!(message(plan.run(&shards, 6).unwrap_err()).contains("6 tasks"));
        for task in 0..plan.n_tasks() {
            plan.run(&shards, task).unwrap();
        }
        let tree = shards.join("task-000002-tree.npy");
        let whole = fs::read(&tree).unwrap();
        for n_bytes in [whole.len() - 8, 50] {
            fs::write(&tree, &whole[..n_bytes]).unwrap();
            assert!(!plan.is_done(&shards, 2), "what is cut off is done again");
        }
        let foreign: Vec<f64> = (0..19).flat_map(|_| [0.0, 99.0, 1.0]).collect();
        fs::write(&tree, npy_bytes(&foreign, 19).unwrap()).unwrap();
        assert!(message(plan.merge(&shards, &mut |_| {}).unwrap_err()).contains("task-000002-tree.npy"));
        fs::write(&points, npy_bytes(&[1.0; 200], 40).unwrap()).unwrap();
        assert!(message(CloudPlan::read(&shards).unwrap_err()).contains("changed"));
    }
}

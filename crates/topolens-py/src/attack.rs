//! Attacks on a network that Python runs, and the clouds of its layers under them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens_lab::adversarial::{
    AttackResults, AttackStudy, Cell, Given, Images, Measurer, OnThreads, Progress, plan,
};
use topolens_lab::bridge::SavedSample;
use topolens_lab::profile::{LayerCloud, LayerProfile, Protocol, Sample};
use topolens_lab::store::{DataStamp, Provenance};
use topolens_nn::Tensor;
use topolens_nn::attack::{Norm, Settings, Victim};
use topolens_nn::dataset::Normalization;

use crate::error::{count, of_study, seed};
use crate::network::{PythonNetwork, to_array, to_tensor};
use crate::profile::{LayerPart, MeasuredLayer, Settings as Measuring, ensure_no_other};
use crate::work::detached;

/// Attacks at several strengths, and what was measured.
#[pyclass(frozen, module = "topolens._topolens")]
#[derive(Debug)]
pub(crate) struct AttackCells {
    results: Arc<AttackResults>,
    /// Places of the attacked images among those given.
    attacked: Vec<usize>,
}

#[pymethods]
impl AttackCells {
    /// What ``attack.json`` holds, as text.
    fn document(&self) -> String {
        self.results.document().to_string()
    }

    /// What may be concluded, sentence by sentence.
    #[getter]
    fn conclusions(&self) -> Vec<String> {
        self.results.conclusions()
    }

    #[getter]
    fn attacked(&self) -> Vec<usize> {
        self.attacked.clone()
    }

    /// Attack and strength of each cell, the clean images first.
    #[getter]
    fn cells(&self) -> Vec<(String, f64)> {
        self.results.cells.iter().map(|cell| (cell.method.clone(), cell.epsilon)).collect()
    }

    /// Images, predictions, successes and sizes of perturbations of a cell.
    #[expect(clippy::type_complexity, reason = "what Python is given")]
    fn examples<'py>(
        &self,
        py: Python<'py>,
        cell: usize,
    ) -> PyResult<(Bound<'py, PyAny>, Vec<usize>, Vec<bool>, Vec<f64>)> {
        let outcome = self.results.cells.get(cell).map(|cell| &cell.outcome);
        let outcome = outcome.ok_or_else(|| PyValueError::new_err(format!("there is no cell {cell}")))?;
        let images = to_array(py, &outcome.images)?;
        Ok((images, outcome.predictions.clone(), outcome.succeeded.clone(), outcome.distances.clone()))
    }

    /// Writes what ``topolens attack`` writes.
    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        ensure_no_other(&folder, &["attack.json"])?;
        let results = Arc::clone(&self.results);
        detached(py, move || results.write(&folder))?.map_err(|error| of_study(&error))
    }
}

/// Attacks a network that Python runs; ``topolens.torch.attack`` calls it.
#[pyfunction]
#[pyo3(signature = (network, images, labels, *, layers, input_shape, class_names, mean, std, method, epsilon, norm, target, steps,
                    step_size, restarts, given, scaling, seed, name, data, measure, progress))]
#[expect(clippy::too_many_arguments, reason = "Python's keyword arguments")]
#[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
pub(crate) fn attack_network(
    py: Python<'_>,
    network: Py<PyAny>,
    images: &Bound<'_, PyAny>,
    labels: Vec<i64>,
    layers: Vec<(String, f64)>,
    input_shape: [usize; 3],
    class_names: Vec<String>,
    mean: Vec<f64>,
    std: Vec<f64>,
    method: Vec<String>,
    epsilon: Vec<f64>,
    norm: &str,
    target: Option<usize>,
    steps: Option<i64>,
    step_size: Option<f64>,
    restarts: i64,
    given: Vec<(String, Bound<'_, PyAny>)>,
    scaling: &str,
    #[pyo3(from_py_with = seed)] seed: u64,
    name: &str,
    data: &str,
    measure: Option<Py<PyAny>>,
    progress: Py<PyAny>,
) -> PyResult<AttackCells> {
    let norm: Norm = norm.parse().map_err(|error| of_network("norm", &error))?;
    let labels = labels.iter().map(|label| count("labels", *label)).collect::<PyResult<Vec<usize>>>()?;
    let steps = steps.map(|steps| count("steps", steps)).transpose()?;
    let settings = Settings { norm, steps, step_size, restarts: count("restarts", restarts)? };
    let normalization = Normalization::new(&mean, &std).map_err(|error| of_network("mean, std", &error))?;
    let pixels = to_tensor(images)?;
    let stamp = DataStamp::of_pixels(data, pixels.values(), &labels);
    let given = given.iter().map(|(name, images)| Ok((name.clone(), to_tensor(images)?)));
    let given = given.collect::<PyResult<Vec<_>>>()?;
    let measuring = Measuring::of_whole(scaling, seed, labels.len());
    let protocol = measuring.protocol()?;
    let network = Arc::new(PythonNetwork::new(network, layers, class_names.len(), input_shape));
    let elsewhere = |measure| Elsewhere { measure, settings: measuring, network: Arc::clone(&network) };
    let job = Job {
        elsewhere: measure.map(elsewhere),
        progress,
        network,
        images: Images { pixels, labels, class_names },
        normalization,
        plan: (method, settings, epsilon),
        target,
        given,
        protocol,
        provenance: Provenance {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: vec!["topolens.torch.attack".to_owned()],
            seed,
            network: name.to_owned(),
            data: stamp,
        },
    };
    let (network, stop) = (Arc::clone(&job.network), Arc::new(AtomicBool::new(false)));
    let heard = Arc::clone(&stop);
    let found = detached(py, move || job.run(&heard));
    // After an interrupt, the batch at work is the last.
    stop.store(true, Ordering::Relaxed);
    found?.map_err(|failure| match (network.raised(), failure) {
        (Some(raised), _) => raised,
        (None, Failure::Refused(message)) => PyValueError::new_err(message),
        (None, Failure::Study(error)) => of_study(&error),
    })
}

fn of_network(argument: &str, error: &topolens_nn::Error) -> PyErr {
    PyValueError::new_err(format!("{argument}: {error}"))
}

/// Attacks whose arguments were read.
struct Job {
    network: Arc<PythonNetwork>,
    /// Who measures layers, if not the threads of this process.
    elsewhere: Option<Elsewhere>,
    /// Told how many cells of how many are done, and the last.
    progress: Py<PyAny>,
    images: Images,
    normalization: Normalization,
    plan: (Vec<String>, Settings, Vec<f64>),
    target: Option<usize>,
    given: Vec<(String, Tensor)>,
    protocol: Protocol,
    provenance: Provenance,
}

/// A function of Python that has parts measured, in their order.
#[derive(Debug)]
struct Elsewhere {
    measure: Py<PyAny>,
    settings: Measuring,
    network: Arc<PythonNetwork>,
}

impl Measurer for Elsewhere {
    fn measure(
        &self,
        layers: &[LayerCloud],
        sample: Sample<'_>,
        _: &Protocol,
        _: &AtomicBool,
    ) -> topolens_lab::Result<Vec<LayerProfile>> {
        let (labels, class_names) = (sample.labels.to_vec(), sample.class_names.to_vec());
        let sample = SavedSample { layers: layers.to_vec(), labels, class_names, epoch: sample.epoch };
        let parts = LayerPart::of(&Arc::new(sample), &self.settings);
        let measured = self.network.in_python(|py| {
            let found: Vec<Bound<'_, MeasuredLayer>> = self.measure.bind(py).call1((parts,))?.extract()?;
            if found.len() != layers.len() {
                let (n_found, n_layers) = (found.len(), layers.len());
                return Err(PyValueError::new_err(format!(
                    "executor: {n_found} results for {n_layers} layers"
                )));
            }
            Ok(found.iter().map(|part| part.get().profile.clone()).collect())
        });
        Ok(measured?)
    }
}

enum Failure {
    Refused(String),
    Study(topolens_lab::Error),
}

impl From<topolens_lab::Error> for Failure {
    fn from(error: topolens_lab::Error) -> Self {
        Self::Study(error)
    }
}

/// Images that a cloud needs.
const LEAST_IMAGES: usize = 20;

impl Job {
    fn run(self, interrupt: &AtomicBool) -> Result<AttackCells, Failure> {
        let victim = Victim::new(self.network.as_ref(), &self.normalization).interruptible(interrupt);
        let (names, settings, epsilons) = &self.plan;
        let planned = plan(names, settings, epsilons, &victim, self.target.is_some())
            .map_err(|refusal| Failure::Refused(format!("{}: {}", refusal.argument, refusal.reason)))?;
        // Without a name there are only images that were given.
        let planned = if names.is_empty() { Vec::new() } else { planned };
        let n_layers = self.network.n_layers();
        let taps: Vec<usize> = (0..n_layers).collect();
        let (images, protocol) = (&self.images, &self.protocol);
        let here = OnThreads::default();
        let study = AttackStudy {
            victim: &victim,
            images,
            taps: &taps,
            protocol,
            target: self.target,
            measurer: self.elsewhere.as_ref().map_or(&here, |elsewhere| elsewhere),
        };
        let assault = study.assault()?;
        let n_images = [assault.n_attacked(), assault.n_wrong(), assault.n_of_target()];
        let [n_attacked, n_wrong, n_of_target] = n_images;
        if n_attacked < LEAST_IMAGES {
            return Err(Failure::Refused(format!(
                "points: {n_attacked} images can be attacked, {n_wrong} are classified wrongly and {n_of_target} are of the target's class; \
                 twenty are needed for a cloud (are mean and std those of the module?)"
            )));
        }
        let of_given = |(name, images): &(String, Tensor)| {
            Given::new(name, settings.norm, images.select(assault.attacked()))
        };
        let given: Vec<Given> = self.given.iter().map(of_given).collect();
        let cells: Vec<Cell> =
            study.run(&assault, (&planned, &given), &mut self.teller(interrupt), interrupt)?;
        let attacked = assault.attacked().to_vec();
        let named = (self.target, &images.class_names[..]);
        let results = AttackResults::new(self.provenance.clone(), n_images, named, cells);
        Ok(AttackCells { results: Arc::new(results), attacked })
    }

    /// Tells Python how far it is; what that raises ends the work.
    fn teller<'a>(&'a self, interrupt: &'a AtomicBool) -> impl FnMut(&Progress) + 'a {
        let (mut n_done, mut whole) = (0, 0);
        move |news| match news {
            Progress::Planned { n_cells, .. } => whole = *n_cells,
            Progress::Done { cell } => {
                n_done += 1;
                let told = self.network.in_python(|py| self.progress.call1(py, (n_done, whole, cell)));
                if told.is_err() {
                    interrupt.store(true, Ordering::Relaxed);
                }
            }
        }
    }
}

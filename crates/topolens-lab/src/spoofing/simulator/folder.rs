//! A folder of live images, image by image, into a folder of simulated ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use image::{ImageFormat, RgbImage};
use rayon::prelude::*;

use super::capture::{Capture, Simulator};
use super::label::Label;
use super::manifest::{Manifest, SimulatedImage, Unreadable};
use crate::Result;
use crate::error::{Error, ErrorKind, SimulationProblem};
use crate::spoofing::pictures::{decode, lies_within, list_images, name_of};
use crate::store::atomic::write_atomically;

/// The files that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The camera's own JPEG file.
    Jpeg,
    /// Its pixels as a PNG file, the same for every program that reads them.
    Png,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Live images and where their captures go.
#[derive(Debug)]
pub struct FolderJob {
    live: PathBuf,
    out: PathBuf,
    simulator: Simulator,
    format: Format,
    items: Vec<Item>,
}

/// A live image.
#[derive(Debug)]
struct Item {
    path: PathBuf,
    /// Its path below the folder, with `/` between the parts.
    name: String,
    /// Path of the capture below the folder of captures.
    target: PathBuf,
}

/// What became of a live image.
enum Outcome {
    Simulated(SimulatedImage),
    Unreadable(Unreadable),
}

impl FolderJob {
    /// Looks for live images in `live` and its sub-folders and checks that `out` may be written to. Nothing is written yet.
    ///
    /// # Errors
    ///
    /// There are no images, or `out` lies among them or holds other files than an earlier simulation.
    pub fn plan(live: &Path, out: &Path, simulator: Simulator, format: Format) -> Result<Self> {
        let mut files = Vec::new();
        list_images(live, &mut files)?;
        files.sort();
        if files.is_empty() {
            return Err(Error::simulation(SimulationProblem::NoImages { path: live.to_path_buf() }));
        }
        ensure_apart(out, live)?;
        ensure_own(out)?;
        let items = items(live, files, format);
        Ok(Self { live: live.to_path_buf(), out: out.to_path_buf(), simulator, format, items })
    }

    /// The number of live images.
    pub fn n_images(&self) -> usize {
        self.items.len()
    }

    /// Simulates all images, in parallel, and writes them with the manifest. `progress` hears the name of each image that is done;
    /// an image that is there already, from an interrupted run with the same settings, is kept.
    ///
    /// # Errors
    ///
    /// No live image can be read, a file cannot be written, or `interrupt` became true: the images finished before are kept then.
    pub fn run(
        &self,
        command: Vec<String>,
        progress: &mut dyn FnMut(&str),
        interrupt: &AtomicBool,
    ) -> Result<Manifest> {
        fs::create_dir_all(&self.out).map_err(|source| Error::io("create", &self.out, source))?;
        let mut manifest = Manifest {
            schema: Manifest::SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command,
            kind: self.simulator.kind(),
            preset: self.simulator.preset(),
            seed: self.simulator.seed(),
            complete: false,
            images: Vec::new(),
            unreadable: Vec::new(),
        };
        manifest.write(&self.out)?;
        self.remove_left_over()?;
        for items in self.items.chunks(rayon::current_num_threads().max(1)) {
            let outcomes = items.par_iter().map(|item| self.simulate(item, interrupt)).collect::<Vec<_>>();
            for (outcome, item) in outcomes.into_iter().zip(items) {
                match outcome? {
                    Outcome::Simulated(image) => manifest.images.push(image),
                    Outcome::Unreadable(file) => manifest.unreadable.push(file),
                }
                progress(&item.name);
            }
        }
        if let ([], Some(Unreadable { file, reason })) = (&manifest.images[..], manifest.unreadable.first()) {
            return Err(Error::simulation(SimulationProblem::NoneReadable {
                path: self.live.clone(),
                n_files: self.items.len(),
                first: file.clone(),
                reason: reason.clone(),
            }));
        }
        manifest.complete = true;
        manifest.write(&self.out)?;
        Ok(manifest)
    }

    fn simulate(&self, item: &Item, interrupt: &AtomicBool) -> Result<Outcome> {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::interrupted());
        }
        let unreadable =
            |reason: String| Ok(Outcome::Unreadable(Unreadable { file: item.name.clone(), reason }));
        let bytes = match fs::read(&item.path) {
            Ok(bytes) => bytes,
            Err(error) => return unreadable(error.to_string()),
        };
        let source = blake3::hash(&bytes).to_hex().to_string();
        let label = self.label(source.clone());
        let target = self.out.join(&item.target);
        let size = match finished_size(&target, &label) {
            Some(size) => size,
            None => match decode(&bytes).and_then(|live| self.capture(item, &live)) {
                Ok(capture) => {
                    self.write(&target, &capture, &label)?;
                    capture.view.size
                }
                Err(reason) => return unreadable(reason),
            },
        };
        Ok(Outcome::Simulated(SimulatedImage {
            file: name_of(&item.target),
            live: item.name.clone(),
            live_blake3: source,
            view: self.simulator.view(&item.name, size),
        }))
    }

    fn capture(&self, item: &Item, live: &RgbImage) -> std::result::Result<Capture, String> {
        self.simulator.capture(&item.name, live).map_err(|error| error.to_string())
    }

    fn label(&self, source: String) -> Label {
        let Self { simulator, .. } = self;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Label { kind: simulator.kind(), preset: simulator.preset(), seed: simulator.seed(), version, source }
    }

    fn write(&self, target: &Path, capture: &Capture, label: &Label) -> Result<()> {
        let file = match self.format {
            Format::Jpeg => label.in_jpeg(&capture.jpeg),
            Format::Png => {
                let mut file = Cursor::new(Vec::new());
                capture.picture.write_to(&mut file, ImageFormat::Png).map_err(|error| {
                    let name = target.display().to_string();
                    Error::new(ErrorKind::Picture { name, reason: error.to_string() })
                })?;
                label.in_png(&file.into_inner())
            }
        };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        }
        write_atomically(target, &file)
    }

    /// Removes simulated images of an earlier run that this one does not make again.
    fn remove_left_over(&self) -> Result<()> {
        let planned: BTreeSet<PathBuf> = self.items.iter().map(|item| self.out.join(&item.target)).collect();
        let mut present = Vec::new();
        list_images(&self.out, &mut present)?;
        for file in present.into_iter().filter(|file| !planned.contains(file)) {
            let is_simulated = fs::read(&file).is_ok_and(|bytes| Label::of_file(&bytes).is_some());
            if is_simulated {
                fs::remove_file(&file).map_err(|source| Error::io("remove", &file, source))?;
            }
        }
        Ok(())
    }
}

/// Width and height of the capture at `target`, if it has this label and its pixels are whole.
fn finished_size(target: &Path, label: &Label) -> Option<[usize; 2]> {
    let bytes = fs::read(target).ok()?;
    Label::of_file(&bytes).filter(|found| found == label)?;
    let picture = decode(&bytes).ok()?;
    Some([picture.width() as usize, picture.height() as usize])
}

/// The images with their names and targets: the same path with the extension of the format, after the own one where two images
/// differ in nothing else.
fn items(live: &Path, files: Vec<PathBuf>, format: Format) -> Vec<Item> {
    let mut n_of_stem = BTreeMap::<PathBuf, usize>::new();
    for file in &files {
        *n_of_stem.entry(file.with_extension("")).or_default() += 1;
    }
    let item = |path: PathBuf| {
        let below = path.strip_prefix(live).unwrap_or(&path).to_path_buf();
        let target = if n_of_stem[&path.with_extension("")] == 1 {
            below.with_extension(format.extension())
        } else {
            below.with_added_extension(format.extension())
        };
        Item { name: name_of(&below), target, path }
    };
    files.into_iter().map(item).collect()
}

fn ensure_apart(out: &Path, live: &Path) -> Result<()> {
    if lies_within(out, live)? {
        let problem = SimulationProblem::InsideLive { out: out.to_path_buf(), live: live.to_path_buf() };
        return Err(Error::simulation(problem));
    }
    Ok(())
}

/// `out` is absent, empty, or holds an earlier simulation.
fn ensure_own(out: &Path) -> Result<()> {
    let mut entries = match fs::read_dir(out) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| Error::io("read", out, source))?,
    };
    if entries.next().is_some() && Manifest::read(out).is_none() {
        return Err(Error::simulation(SimulationProblem::Occupied { path: out.to_path_buf() }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::super::preset::Preset;
    use super::*;

    fn save(path: &Path, shade: u8) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        RgbImage::from_fn(16, 16, |x, y| image::Rgb([shade, (10 * x) as u8, (12 * y) as u8]))
            .save(path)
            .unwrap();
    }

    fn run(live: &Path, out: &Path, seed: u64) -> Result<Manifest> {
        let simulator = Simulator::new(Kind::Replay, Preset::Standard, seed);
        let job = FolderJob::plan(live, out, simulator, Format::Jpeg)?;
        job.run(Vec::new(), &mut |_| (), &AtomicBool::new(false))
    }

    #[test]
    fn images_of_one_stem_stay_apart() {
        let folder = tempfile::tempdir().unwrap();
        let [live, out] = ["live", "out"].map(|name| folder.path().join(name));
        for name in ["a.png", "a.jpg", "b/a.png"] {
            save(&live.join(name), 9);
        }
        let manifest = run(&live, &out, 0).unwrap();
        let files: Vec<&str> = manifest.images.iter().map(|image| &image.file[..]).collect();
        assert_eq!(files, ["a.jpg.jpg", "a.png.jpg", "b/a.jpg"]);
        assert_eq!(Manifest::read(&out).unwrap(), manifest);
        assert!(manifest.complete && manifest.images[2].live == "b/a.png");
        assert_eq!(manifest.images[2].view.size, [16, 16]);
    }

    #[test]
    fn bits_do_not_depend_on_threads_and_an_interrupted_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let [live, out, again] = ["live", "out", "again"].map(|name| folder.path().join(name));
        for shade in 0..5 {
            save(&live.join(format!("{shade}.png")), 50 * shade);
        }
        let manifest = run(&live, &out, 1).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let simulator = Simulator::new(Kind::Replay, Preset::Standard, 1);
        let job = FolderJob::plan(&live, &again, simulator, Format::Jpeg).unwrap();
        let stop = AtomicBool::new(false);
        let mut n_done = 0;
        let mut count = |_: &str| {
            n_done += 1;
            stop.store(n_done == 2, Ordering::Relaxed);
        };
        let error = pool.install(|| job.run(Vec::new(), &mut count, &stop)).unwrap_err();
        assert!(error.is_interrupted());
        assert!(!Manifest::read(&again).unwrap().complete);
        let first = fs::metadata(again.join("0.jpg")).unwrap().modified().unwrap();
        assert!(again.join("1.jpg").exists() && !again.join("2.jpg").exists());
        assert_eq!(run(&live, &again, 1).unwrap().images, manifest.images);
        assert_eq!(fs::metadata(again.join("0.jpg")).unwrap().modified().unwrap(), first);
        for shade in 0..5 {
            let file = format!("{shade}.jpg");
            assert_eq!(fs::read(out.join(&file)).unwrap(), fs::read(again.join(&file)).unwrap());
        }
    }

    #[test]
    fn another_simulation_replaces_its_own_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let [live, out] = ["live", "out"].map(|name| folder.path().join(name));
        save(&live.join("a.png"), 1);
        save(&live.join("b.png"), 2);
        run(&live, &out, 0).unwrap();
        let before = fs::read(out.join("a.jpg")).unwrap();
        save(&out.join("mine.png"), 3);
        fs::remove_file(live.join("b.png")).unwrap();
        run(&live, &out, 1).unwrap();
        assert!(out.join("mine.png").exists() && !out.join("b.jpg").exists());
        assert_ne!(fs::read(out.join("a.jpg")).unwrap(), before);
    }

    #[test]
    fn folders_that_may_not_be_written_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let [live, out] = ["live", "out"].map(|name| folder.path().join(name));
        save(&live.join("a.png"), 1);
        save(&out.join("mine.png"), 3);
        let message = |out: &Path| run(&live, out, 0).unwrap_err().to_string();
        assert!(message(&out).contains("earlier simulation"), "{}", message(&out));
        assert!(message(&live.join("new/er")).contains("outside"), "{}", message(&live.join("new/er")));
        assert!(!live.join("new").exists());
    }

    #[test]
    fn damage_is_named_and_nothing_but_damage_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let [live, out] = ["live", "out"].map(|name| folder.path().join(name));
        save(&live.join("a.png"), 1);
        fs::write(live.join("b.jpg"), [0xff, 0xd8, 0xff]).unwrap();
        RgbImage::new(3, 3).save(live.join("c.png")).unwrap();
        let manifest = run(&live, &out, 0).unwrap();
        let names: Vec<&str> = manifest.unreadable.iter().map(|file| &file.file[..]).collect();
        assert_eq!((manifest.images.len(), names), (1, vec!["b.jpg", "c.png"]));
        assert!(manifest.unreadable[1].reason.contains("3x3"));
        fs::remove_file(live.join("a.png")).unwrap();
        let message = run(&live, &out, 0).unwrap_err().to_string();
        assert!(message.contains("none of the 2") && message.contains("b.jpg"), "{message}");
    }
}

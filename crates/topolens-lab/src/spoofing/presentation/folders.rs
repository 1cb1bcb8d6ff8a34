//! A folder of live images and one for each attack.

use std::path::{Path, PathBuf};

use super::person::PersonRule;
use super::{Presentation, PresentationKind, Presentations, Role};
use crate::Result;
use crate::error::{Error, SpoofingProblem};
use crate::spoofing::alignment::{Face, FacePoints, LandmarkFile};
use crate::spoofing::pictures::{list_images, name_of};
use crate::spoofing::simulator::{Label, Manifest, SimulatedImage};

/// A folder with the images of one attack, or of the control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttackFolder {
    /// What the attack is called.
    pub name: String,
    /// The folder.
    pub path: PathBuf,
    /// Whether it is the control.
    pub is_control: bool,
}

/// Images in folders and their sub-folders.
///
/// A person is who `landmarks` says, else the sub-folder that an image lies in if all images of its folder lie in some, else the file's name up
/// to its first `_` or `-`. Of images made by `topolens simulate-attack` it is that of the live image, whose landmarks they take over.
///
/// # Errors
///
/// A folder cannot be read or holds no images.
pub fn folders(
    live: &Path,
    attacks: &[AttackFolder],
    landmarks: Option<&LandmarkFile>,
) -> Result<Presentations> {
    let live_files = images(live, "--live")?;
    let known_live = Known { rule: rule_of(&live_files), landmarks };
    let mut kinds = vec![PresentationKind {
        name: "live".to_owned(),
        role: Role::Live,
        simulated: is_labelled(&live_files),
    }];
    let mut items: Vec<Presentation> =
        live_files.into_iter().map(|(path, name)| known_live.presentation(path, name, 0)).collect();
    for folder in attacks {
        let flag = if folder.is_control { "--control" } else { "--attack" };
        let files = images(&folder.path, flag)?;
        let manifest = Manifest::read(&folder.path);
        let known = Known { rule: rule_of(&files), landmarks };
        if manifest.is_none() && known.rule != known_live.rule && landmarks.is_none() {
            let (live, kind, other) = (known_live.rule.words(), folder.name.clone(), known.rule.words());
            return Err(Error::spoofing(SpoofingProblem::OtherPersons { live, kind, other }));
        }
        let role = if folder.is_control { Role::Control } else { Role::Attack };
        let simulated = manifest.is_some() || is_labelled(&files);
        let kind = kinds.len();
        kinds.push(PresentationKind { name: folder.name.clone(), role, simulated });
        items.extend(files.into_iter().map(|(path, name)| {
            let made = manifest.as_ref().and_then(|made| made.images.iter().find(|image| image.file == name));
            match made {
                Some(made) => known_live.simulated(path, name, kind, made),
                None => known.presentation(path, name, kind),
            }
        }));
    }
    let persons_by = match landmarks {
        Some(_) => format!("the landmarks file, else {}", known_live.rule.words()),
        None => known_live.rule.words().to_owned(),
    };
    Ok(Presentations { kinds, items, persons_by })
}

fn rule_of(files: &[(PathBuf, String)]) -> PersonRule {
    PersonRule::of(files.iter().map(|(_, name)| name.as_str()))
}

/// What is known of images by their names.
#[derive(Clone, Copy)]
struct Known<'a> {
    rule: PersonRule,
    landmarks: Option<&'a LandmarkFile>,
}

impl Known<'_> {
    fn person(&self, name: &str) -> String {
        let said = self.landmarks.and_then(|landmarks| landmarks.person(name));
        said.map_or_else(|| self.rule.person(name), str::to_owned)
    }

    fn face(&self, name: &str) -> Option<Face> {
        self.landmarks?.face(name)
    }

    fn presentation(&self, path: PathBuf, name: String, kind: usize) -> Presentation {
        let (person, face) = (self.person(&name), self.face(&name));
        Presentation { path, name, person, kind, part: None, face, source: None }
    }

    fn simulated(&self, path: PathBuf, name: String, kind: usize, made: &SimulatedImage) -> Presentation {
        let face = self.face(&made.live).map(|face| seen(&face, made));
        let (person, source) = (self.person(&made.live), Some(made.live.clone()));
        Presentation { path, name, person, kind, part: None, face, source }
    }
}

/// Where the camera of the simulation sees the points of a live face.
fn seen(face: &Face, made: &SimulatedImage) -> Face {
    let moved = |points: FacePoints| {
        // Views count from the corner of the picture, landmarks from the centre of its first pixel.
        points.map(|[x, y]| made.view.from_live(x + 0.5, y + 0.5).map(|at| at - 0.5))
    };
    Face { points: face.points.map(moved), bounds: None }
}

/// Files of images with their names below the folder, in the order of their names.
pub(super) fn images(folder: &Path, flag: &'static str) -> Result<Vec<(PathBuf, String)>> {
    if !folder.is_dir() {
        return Err(Error::spoofing(SpoofingProblem::NoFolder { flag, path: folder.to_path_buf() }));
    }
    let mut files = Vec::new();
    list_images(folder, &mut files)?;
    files.sort();
    if files.is_empty() {
        return Err(Error::spoofing(SpoofingProblem::NoImages { flag, path: folder.to_path_buf() }));
    }
    let named = files.into_iter().map(|path| {
        let name = name_of(path.strip_prefix(folder).unwrap_or(&path));
        (path, name)
    });
    Ok(named.collect())
}

/// Whether the first image says that it is simulated.
pub(super) fn is_labelled(files: &[(PathBuf, String)]) -> bool {
    let first = files.first().and_then(|(path, _)| std::fs::read(path).ok());
    first.is_some_and(|bytes| Label::of_file(&bytes).is_some())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use image::{Rgb, RgbImage};

    use super::*;
    use crate::spoofing::simulator::{FolderJob, Format, Kind, Preset, Simulator};

    fn save(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        RgbImage::from_fn(32, 32, |x, y| Rgb([8 * x as u8, 8 * y as u8, 9])).save(path).unwrap();
    }

    fn attack(name: &str, path: PathBuf) -> AttackFolder {
        AttackFolder { name: name.to_owned(), path, is_control: false }
    }

    #[test]
    fn simulated_images_take_over_persons_and_landmarks() {
        let root = tempfile::tempdir().unwrap();
        let [live, print] = ["live", "print"].map(|name| root.path().join(name));
        save(&live.join("7_smiling.png"));
        save(&live.join("8_neutral.png"));
        let simulator = Simulator::new(Kind::Print, Preset::Standard, 0);
        let job = FolderJob::plan(&live, &print, simulator, Format::Jpeg).unwrap();
        job.run(Vec::new(), &mut |_| (), &AtomicBool::new(false)).unwrap();
        let landmarks = root.path().join("landmarks.json");
        let five = "[[8, 9], [20, 9], [14, 15], [9, 22], [19, 22]]";
        std::fs::write(
            &landmarks,
            format!(r#"[{{"file": "7_smiling.png", "id": "seven", "five_points": {five}}}]"#),
        )
        .unwrap();
        let landmarks = LandmarkFile::read(&landmarks).unwrap();
        let found = folders(&live, &[attack("print", print.clone())], Some(&landmarks)).unwrap();
        let [live_kind, print_kind] = &found.kinds[..] else { panic!("two kinds") };
        assert!(!live_kind.simulated && print_kind.simulated && print_kind.label() == "print (simulated)");
        let persons: Vec<&str> = found.items.iter().map(|item| item.person.as_str()).collect();
        assert_eq!(persons, ["seven", "8", "seven", "8"]);
        assert_eq!(found.items[2].source.as_deref(), Some("7_smiling.png"));
        assert!(found.items[3].face.is_none());
        // The camera of the simulation is held a little askew.
        let points = found.items[2].face.unwrap().points.unwrap();
        let off = (points[0][0] - 8.0).hypot(points[0][1] - 9.0);
        assert!(off > 0.01 && off < 4.0, "{points:?}");
        let view = Manifest::read(&print).unwrap().images[0].view;
        let [x, y] = view.to_live(points[0][0] + 0.5, points[0][1] + 0.5);
        assert!((x - 8.5).hypot(y - 9.5) < 1e-6);
    }

    #[test]
    fn folders_without_images_are_named_by_their_flag() {
        let root = tempfile::tempdir().unwrap();
        let [live, empty] = ["live", "empty"].map(|name| root.path().join(name));
        save(&live.join("a/1.png"));
        std::fs::create_dir_all(&empty).unwrap();
        let message =
            |live: &Path, attacks: &[AttackFolder]| folders(live, attacks, None).unwrap_err().to_string();
        assert!(message(&empty, &[]).starts_with("--live: "));
        assert!(message(&live, &[attack("print", empty.clone())]).starts_with("--attack: "));
        assert!(
            message(&live, &[attack("print", root.path().join("missing"))]).contains("missing is no folder")
        );
        // Live faces in a folder for each person, attacks in one for all.
        save(&root.path().join("flat/1.png"));
        let said = message(&live, &[attack("flat", root.path().join("flat"))]);
        assert!(said.starts_with("--attack: persons of flat are told apart by the file's name"), "{said}");
    }
}

//! The folders of known data sets.

mod celeba_spoof;
mod kinds;
mod lcc_fasd;
mod nuaa;
mod replay_attack;

use std::path::Path;
use std::str::FromStr;

use super::{Part, Presentation, PresentationKind, Presentations, Role};
use crate::Result;
use crate::error::{Error, SpoofingProblem};

/// How the images of a data set lie in its folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A folder for each kind, `live` among them, below `train`, `validation` and `test` or not.
    Kinds,
    /// CelebA-Spoof with the protocol of `metas/intra_test` (Zhang et al. 2020).
    CelebASpoof,
    /// LCC-FASD: training, development, evaluation (Timoshenko et al. 2019).
    LccFasd,
    /// Frames of Replay-Attack: train, devel, test (Chingovska et al. 2012).
    ReplayAttack,
    /// NUAA with its lists for training and testing (Tan et al. 2010).
    Nuaa,
}

impl Layout {
    /// All layouts.
    pub const ALL: [Self; 5] =
        [Self::Kinds, Self::CelebASpoof, Self::LccFasd, Self::ReplayAttack, Self::Nuaa];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kinds => "kinds",
            Self::CelebASpoof => "celeba-spoof",
            Self::LccFasd => "lcc-fasd",
            Self::ReplayAttack => "replay-attack",
            Self::Nuaa => "nuaa",
        }
    }

    /// The images below `root`.
    ///
    /// # Errors
    ///
    /// The folders are others than those of the layout, a list is malformed, or a kind has no images.
    pub fn read(self, root: &Path) -> Result<Presentations> {
        if !root.is_dir() {
            let (flag, path) = ("--data", root.to_path_buf());
            return Err(Error::spoofing(SpoofingProblem::NoFolder { flag, path }));
        }
        let found = match self {
            Self::Kinds => kinds::read(root),
            Self::CelebASpoof => celeba_spoof::read(root),
            Self::LccFasd => lcc_fasd::read(root),
            Self::ReplayAttack => replay_attack::read(root),
            Self::Nuaa => nuaa::read(root),
        }?;
        let live = found.items.iter().filter(|item| item.kind == 0).count();
        if live == 0 || live == found.items.len() {
            let missing = if live == 0 { "live faces" } else { "attacks" };
            return Err(self.other(root, &format!("it holds no images of {missing}")));
        }
        Ok(found)
    }

    fn other(self, root: &Path, reason: &str) -> Error {
        Error::spoofing(SpoofingProblem::OtherLayout {
            path: root.to_path_buf(),
            layout: self.name(),
            reason: reason.to_owned(),
        })
    }
}

impl FromStr for Layout {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).to_vec();
            Error::spoofing(SpoofingProblem::UnknownLayout { given: name.to_owned(), known })
        })
    }
}

/// Images as a reader comes upon them.
struct Found {
    kinds: Vec<PresentationKind>,
    items: Vec<Presentation>,
}

impl Found {
    fn new() -> Self {
        let live = PresentationKind { name: "live".to_owned(), role: Role::Live, simulated: false };
        Self { kinds: vec![live], items: Vec::new() }
    }

    /// The place of a kind; a new one if it was not there.
    fn kind(&mut self, name: &str, role: Role) -> usize {
        if role == Role::Live {
            return 0;
        }
        self.kinds.iter().position(|kind| kind.name == name).unwrap_or_else(|| {
            self.kinds.push(PresentationKind { name: name.to_owned(), role, simulated: false });
            self.kinds.len() - 1
        })
    }

    /// A file at `name` below `root` with the person on it, its kind and its part.
    fn push(&mut self, root: &Path, name: String, (person, kind, part): (&str, usize, Option<Part>)) {
        let path = root.join(&name);
        let person = person.to_owned();
        self.items.push(Presentation { path, name, person, kind, part, face: None, source: None });
    }

    fn finish(self, persons_by: &str) -> Presentations {
        Presentations { kinds: self.kinds, items: self.items, persons_by: persons_by.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    /// Writes small pictures, reads them by the layout and says, for each, kind, person and part.
    fn read(layout: Layout, files: &[&str], lists: &[(&str, &str)]) -> Result<Vec<String>> {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            if file.contains(".mov") {
                std::fs::write(path, "film").unwrap();
            } else {
                RgbImage::from_pixel(4, 4, Rgb([1, 2, 3])).save(path).unwrap();
            }
        }
        for (name, text) in lists {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let found = layout.read(root.path())?;
        assert!(found.items.iter().all(|item| item.path.is_file()));
        let words = |item: &Presentation| {
            let part = item.part.map_or("-", |part| match part {
                Part::Train => "train",
                Part::Validation => "validation",
                Part::Test => "test",
            });
            format!("{} {} {part}", found.kinds[item.kind].name, item.person)
        };
        Ok(found.items.iter().map(words).collect())
    }

    #[test]
    fn a_folder_for_each_kind() {
        let found =
            read(Layout::Kinds, &["real/1_a.png", "print/1_a.png", "Camera-Only/2_a.png"], &[]).unwrap();
        assert_eq!(found, ["Camera-Only 2 -", "print 1 -", "live 1 -"]);
        let found =
            read(Layout::Kinds, &["train/live/a/1.png", "dev/mask/b/1.png", "test/live/c/1.png"], &[]);
        assert_eq!(found.unwrap(), ["mask b validation", "live c test", "live a train"]);
        let message = read(Layout::Kinds, &["print/1.png"], &[]).unwrap_err().to_string();
        assert!(message.starts_with("--data: ") && message.contains("live"), "{message}");
    }

    #[test]
    fn celeba_spoof_by_its_labels() {
        let label = |kind: u8| {
            let mut numbers = vec!["0".to_owned(); 44];
            numbers[40] = kind.to_string();
            format!("[{}]", numbers.join(","))
        };
        let train = format!(
            r#"{{"Data/train/5/live/000001.png": {}, "Data/train/5/spoof/000002.png": {}}}"#,
            label(0),
            label(9)
        );
        let test = format!(r#"{{"Data/test/7/spoof/000003.png": {}}}"#, label(2));
        let lists = [
            ("metas/intra_test/train_label.json", &train[..]),
            ("metas/intra_test/test_label.json", &test[..]),
        ];
        let files =
            ["Data/train/5/live/000001.png", "Data/train/5/spoof/000002.png", "Data/test/7/spoof/000003.png"];
        assert_eq!(
            read(Layout::CelebASpoof, &files, &lists).unwrap(),
            ["live 5 train", "replay 5 train", "print 7 test"]
        );
        let message = read(Layout::CelebASpoof, &files, &[]).unwrap_err().to_string();
        assert!(message.contains("metas/intra_test/train_label.json"), "{message}");
        let broken = [("metas/intra_test/train_label.json", "{\"a\": [1]}"), lists[1]];
        assert!(read(Layout::CelebASpoof, &files, &broken).unwrap_err().to_string().contains("41"));
    }

    #[test]
    fn lcc_fasd_by_its_folders() {
        let files = [
            "LCC_FASD_training/real/UK_id3_s0_15.png",
            "LCC_FASD_development/spoof/FT720P_G780_REDMI4X_id0_s0_105.png",
            "LCC_FASD_evaluation/spoof/no.png",
        ];
        let found = read(Layout::LccFasd, &files, &[]).unwrap();
        assert_eq!(
            found,
            ["live training-3 train", "spoof development-0 validation", "spoof evaluation-no.png test"]
        );
        assert!(
            read(Layout::LccFasd, &["real/1.png"], &[])
                .unwrap_err()
                .to_string()
                .contains("LCC_FASD_training")
        );
    }

    #[test]
    fn frames_of_replay_attack() {
        let files = [
            "train/real/client001_session01_webcam_authenticate_adverse_1_003.png",
            "devel/attack/fixed/attack_highdef_client008_session01_highdef_photo_adverse/001.jpg",
            "test/attack/hand/attack_print_client009_session02_highres_photo_adverse_001.png",
            "test/attack/hand/attack_mobile_client009_session02_mobile_video_001.png",
        ];
        let found = read(Layout::ReplayAttack, &files, &[]).unwrap();
        assert_eq!(found, ["live 001 train", "highdef 008 validation", "mobile 009 test", "print 009 test"]);
        let films = ["train/real/client001_session01.mov"];
        assert!(read(Layout::ReplayAttack, &films, &[]).unwrap_err().to_string().contains("ffmpeg"));
    }

    #[test]
    fn nuaa_by_its_lists() {
        let files = [
            "ClientRaw/0001/0001_00_00_01_0.jpg",
            "ImposterRaw/0001/0001_00_00_01_5.jpg",
            "ClientRaw/0002/a.jpg",
        ];
        let lists = [
            ("client_train_raw.txt", "0001\\0001_00_00_01_0.jpg\r\n"),
            ("client_test_raw.txt", "0002/a.jpg 10 20\n\n"),
            ("imposter_train_raw.txt", ""),
            ("imposter_test_raw.txt", "0001\\0001_00_00_01_5.jpg\n"),
        ];
        let found = read(Layout::Nuaa, &files, &lists).unwrap();
        assert_eq!(found, ["live 0001 train", "live 0002 test", "imposter 0001 test"]);
        let message = read(Layout::Nuaa, &files, &lists[..1]).unwrap_err().to_string();
        assert!(message.contains("client_test_raw.txt"), "{message}");
        let outside = [("client_train_raw.txt", "../../etc/passwd"), lists[1], lists[2], lists[3]];
        assert!(read(Layout::Nuaa, &files, &outside).unwrap_err().to_string().contains("outside"));
    }

    #[test]
    fn names_come_back_and_others_are_told_the_choice() {
        for layout in Layout::ALL {
            assert_eq!(layout.name().parse::<Layout>().unwrap(), layout);
        }
        assert!("oulu".parse::<Layout>().unwrap_err().to_string().contains("celeba-spoof"));
    }
}

//! Images of faces with what is known of them: the person, and whether the face is live or which attack it is.

mod draw;
mod folders;
mod layout;
mod person;

use std::path::PathBuf;

pub use folders::{AttackFolder, folders};
pub use layout::Layout;

use super::alignment::Face;

/// What a kind of presentation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Faces before the camera, bona fide.
    Live,
    /// Attacks.
    Attack,
    /// Live faces treated as attacks are, but for the attack itself.
    Control,
}

impl Role {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Attack => "attack",
            Self::Control => "control",
        }
    }
}

/// A kind of presentation: live, or an attack species.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentationKind {
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// Whether any of its images says of itself that it is simulated.
    pub simulated: bool,
}

impl PresentationKind {
    /// The name, with the word simulated where it is.
    pub fn label(&self) -> String {
        labelled(&self.name, self.simulated)
    }
}

/// A name, with the word simulated where that is.
pub(super) fn labelled(name: &str, simulated: bool) -> String {
    format!("{name}{}", if simulated { " (simulated)" } else { "" })
}

/// The part of a data set's protocol that an image belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// To fit on.
    Train,
    /// To choose on.
    Validation,
    /// To judge on.
    Test,
}

/// An image of a face.
#[derive(Debug, Clone, PartialEq)]
pub struct Presentation {
    /// Its file.
    pub path: PathBuf,
    /// Its path below the folder it comes from, with `/` between the parts.
    pub name: String,
    /// Who is on it.
    pub person: String,
    /// The place of its kind in the list of kinds.
    pub kind: usize,
    /// The part of the protocol it belongs to, where the data set has one.
    pub part: Option<Part>,
    /// Where the face is, if the data set says so.
    pub face: Option<Face>,
    /// The live image that it was simulated from.
    pub source: Option<String>,
}

/// Images of several kinds; the first kind is live.
#[derive(Debug, Clone, PartialEq)]
pub struct Presentations {
    /// The kinds.
    pub kinds: Vec<PresentationKind>,
    /// The images.
    pub items: Vec<Presentation>,
    /// How persons were told apart.
    pub persons_by: String,
}

impl Presentations {
    /// The number of persons among the images of a kind.
    pub fn n_persons(&self, kind: usize) -> usize {
        let of_kind = self.items.iter().filter(|item| item.kind == kind).map(|item| &item.person);
        of_kind.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// The number of live persons who are on images of a kind as well.
    pub fn n_shared_persons(&self, kind: usize) -> usize {
        let of = |kind: usize| -> std::collections::BTreeSet<&str> {
            self.items.iter().filter(|item| item.kind == kind).map(|item| item.person.as_str()).collect()
        };
        of(0).intersection(&of(kind)).count()
    }

    /// The number of images of a kind.
    pub fn n_images(&self, kind: usize) -> usize {
        self.items.iter().filter(|item| item.kind == kind).count()
    }
}

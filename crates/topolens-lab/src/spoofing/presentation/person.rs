//! Who is on an image, by the name of its file.

/// How the names of files tell persons apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PersonRule {
    /// The folder an image lies in.
    Folder,
    /// The file's name up to its first `_` or `-`.
    Prefix,
}

impl PersonRule {
    /// Folders if all images lie in some, else prefixes.
    pub(super) fn of<'a>(mut names: impl Iterator<Item = &'a str>) -> Self {
        if names.all(|name| name.contains('/')) { Self::Folder } else { Self::Prefix }
    }

    pub(super) fn person(self, name: &str) -> String {
        let mut parts = name.rsplit('/');
        let file = parts.next().unwrap_or(name);
        match self {
            Self::Folder => parts.next().unwrap_or(file).to_owned(),
            Self::Prefix => {
                let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
                stem.split(['_', '-']).next().unwrap_or(stem).to_owned()
            }
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Folder => "the folder that an image lies in",
            Self::Prefix => "the file's name up to its first _ or -",
        }
    }
}

/// The digits behind `marker` in `text`, such as 7 behind "client" in "client007_session01".
pub(super) fn number_behind<'a>(text: &'a str, marker: &str) -> Option<&'a str> {
    text.match_indices(marker).find_map(|(at, _)| {
        let rest = text[at + marker.len()..].trim_start_matches('_');
        let n_digits = rest.chars().take_while(char::is_ascii_digit).count();
        (n_digits > 0).then(|| &rest[..n_digits])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_folders_or_prefixes() {
        let folder = PersonRule::of(["s1/1.png", "a/s2/1.png"].into_iter());
        assert_eq!((folder, folder.person("a/s2/1.png")), (PersonRule::Folder, "s2".to_owned()));
        let prefix = PersonRule::of(["001_smiling.jpg", "x/002.jpg"].into_iter());
        assert_eq!(prefix, PersonRule::Prefix);
        assert_eq!(
            (prefix.person("001_smiling.jpg"), prefix.person("x/002.jpg")),
            ("001".into(), "002".into())
        );
    }

    #[test]
    fn numbers_behind_a_word() {
        assert_eq!(number_behind("attack_print_client007_session01", "client"), Some("007"));
        assert_eq!(number_behind("UK_id_12_s0.png", "id"), Some("12"));
        assert_eq!(number_behind("video_idle_id9", "id"), Some("9"));
        assert_eq!(number_behind("none", "id"), None);
    }
}

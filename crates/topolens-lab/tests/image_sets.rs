//! Image sets in the formats of others, written by SciPy, NumPy and Pillow.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::{Path, PathBuf};

use topolens_lab::input::{LoadedData, Split, load_data};
use topolens_nn::dataset::{Dataset, Fit};

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/images").join(name)
}

fn load(path: &Path, split: Split) -> Result<LoadedData, topolens_lab::Error> {
    load_data(path.to_str().unwrap(), split, Fit::default())
}

/// Pixel (y, x, c) of image n is 60 n + 20 c + 5 y + x.
fn check(set: &Dataset, numbers: &[usize]) {
    assert_eq!((set.image_shape(), set.len()), ([4, 5, 3], numbers.len()));
    for (image, number) in numbers.iter().enumerate() {
        let expected = |at: usize| 60 * number + 20 * (at % 3) + 5 * (at / 15) + at / 3 % 5;
        let pixels = set.image(image).iter().enumerate();
        assert!(pixels.clone().all(|(at, pixel)| usize::from(*pixel) == expected(at)), "image {image}");
    }
}

#[test]
fn a_folder_of_matlab_files_is_svhn() {
    let loaded = load(&testdata(""), Split::Train).unwrap();
    check(&loaded.images, &[0, 1, 2]);
    assert_eq!(loaded.images.labels(), [1, 0, 9]);
    assert!(loaded.stamp.name.ends_with(":train"));
}

#[test]
fn arrays_have_parts_by_name_or_a_fifth_is_held_back() {
    check(&load(&testdata("keras.npz"), Split::Train).unwrap().images, &[0, 1, 2, 3]);
    let test = load(&testdata("keras.npz"), Split::Test).unwrap().images;
    check(&test, &[0, 1]);
    assert_eq!((test.labels(), test.class_names()), (&[0, 1][..], &["3".to_owned(), "5".to_owned()][..]));
    // Ten of each class, channels first: the fifth and the tenth are held back.
    check(&load(&testdata("torch.npz"), Split::Test).unwrap().images, &[0, 1, 2, 3]);
    let error = load(&testdata("floats.npz"), Split::Test).unwrap_err();
    assert!(error.is_invalid_input() && error.to_string().contains("uint8"), "{error}");
}

#[test]
fn a_list_of_pictures_counts_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    for name in ["a.webp", "below/b.webp"] {
        std::fs::copy(testdata("one.webp"), folder.path().join(name)).unwrap();
    }
    put("broken.png", "no picture");
    put(
        "list.csv",
        "path,label,split\na.webp,dog,test\nbelow/b.webp,cat,test\nbroken.png,dog,test\na.webp,cat,train\n",
    );
    let list = folder.path().join("list.csv");
    let loaded = load(&list, Split::Test).unwrap();
    check(&loaded.images, &[0, 0]);
    assert_eq!((loaded.images.labels(), loaded.images.class_names()[1].as_str()), (&[1, 0][..], "dog"));
    let notice = loaded.notice.unwrap();
    assert!(notice.starts_with("1 of 3") && notice.contains("broken.png"), "{notice}");
    assert_eq!(load(&list, Split::Train).unwrap().images.len(), 1);
    put("list.csv", &format!("{}broken.png,dog\n", "a.webp,dog\n".repeat(10)));
    let loaded = load(&list, Split::Test).unwrap();
    assert_eq!((loaded.images.len(), &loaded.notice.unwrap()[..7]), (2, "1 of 11"));
    for (content, expected) in [
        ("../a.webp,dog\n", "leaves the folder"),
        ("/etc/passwd,dog\n", "leaves the folder"),
        ("a.webp\n", "line 1"),
        ("a.webp,dog,validation\n", "neither train nor test"),
        ("absent.png,dog,test\n", "none of its 1 pictures"),
        ("", "no pictures"),
    ] {
        put("list.csv", content);
        let error = load(&list, Split::Test).unwrap_err();
        assert!(error.is_invalid_input() && error.to_string().contains(expected), "{content}: {error}");
    }
}

#[test]
fn sets_are_brought_to_the_size_of_a_network() {
    let fit = Fit { resize: Some(8), crop: Some(6) };
    let loaded = load_data("embedded", Split::Test, fit).unwrap();
    assert_eq!(loaded.images.image_shape(), [6, 6, 1]);
    assert_eq!(loaded.stamp.name, "fashion-mnist-6k:test, resized to 8, cropped to 6");
}

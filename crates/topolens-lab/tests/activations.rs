//! The activations of `testdata/activations`, written by NumPy, h5py, Arrow and safetensors, against what NumPy makes of them.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::{Path, PathBuf};

use topolens_lab::bridge::saved_clouds;
use topolens_lab::input::{Layout, SavedActivations, SavedArray, is_saved_activations};
use topolens_lab::profile::Protocol;
use topolens_nn::tap::Readout;

const N: usize = 12;
const FORMATS: [&str; 5] = ["stored.npz", "compressed.npz", "folder", "all.safetensors", "all.h5"];

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/activations").join(name)
}

fn open(name: &str) -> SavedActivations {
    SavedActivations::open(&testdata(name), None, &[]).unwrap()
}

fn layer<'a>(saved: &'a SavedActivations, name: &str) -> &'a SavedArray {
    saved.layers.iter().find(|layer| layer.name.ends_with(name)).unwrap()
}

fn passed_over(saved: &SavedActivations) -> Vec<String> {
    saved.passed_over.iter().map(ToString::to_string).collect()
}

fn all(array: &SavedArray) -> Vec<usize> {
    (0..array.n_samples()).collect()
}

fn rows(array: &SavedArray, samples: &[usize], readout: Readout) -> Vec<f64> {
    array.cloud::<f64>(samples, readout, Layout::ChannelsFirst).unwrap().values().to_vec()
}

#[test]
fn every_format_gives_the_rows_that_numpy_gives() {
    let expected = open("expected.npz");
    for format in FORMATS {
        let saved = open(format);
        for wanted in &expected.layers {
            let (name, readout) = wanted.name.split_once(' ').unwrap();
            let array = layer(&saved, name);
            let got = rows(array, &all(array), readout.replace("s-", "s:").parse().unwrap());
            let wanted_rows = rows(wanted, &all(wanted), Readout::Flatten);
            assert_eq!(got.len(), wanted_rows.len(), "{format}: {}", wanted.name);
            let apart = got.iter().zip(&wanted_rows).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(apart < 1e-14, "{format}: {}: {apart}", wanted.name);
        }
    }
}

#[test]
fn list_columns_are_layers() {
    let (saved, expected) = (open("all.parquet"), open("folder"));
    let names: Vec<&str> = saved.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(
        (names, passed_over(&saved)),
        (vec!["block10", "output", "fixed"], vec!["note (texts)".into()])
    );
    for (column, name) in [("block10", "block10"), ("fixed", "block10"), ("output", "output")] {
        for samples in [&(0..N).collect::<Vec<_>>()[..], &[0], &[4, 5, 11], &[11]] {
            let of = |array| rows(array, samples, Readout::Flatten);
            assert_eq!(of(layer(&saved, column)), of(layer(&expected, name)), "{column} {samples:?}");
        }
    }
    assert_eq!(saved.labels.unwrap().names, ["4", "5", "6"]);
}

#[test]
fn columns_of_half_precision_and_any_compression_are_read() {
    let expected = open("folder");
    let wanted = rows(layer(&expected, "block10"), &(0..N).collect::<Vec<_>>(), Readout::Flatten);
    for compression in ["none", "gzip", "lz4", "zstd"] {
        let saved = open(&format!("packed-{compression}.parquet"));
        let of = |name| rows(layer(&saved, name), &(0..N).collect::<Vec<_>>(), Readout::Flatten);
        assert_eq!(of("block10"), wanted, "{compression}");
        // Half a unit in the last of 11 binary places.
        let is_near =
            |(half, wanted): (&f64, &f64)| (half - wanted).abs() <= wanted.abs() * 2.0_f64.powi(-11);
        assert!(of("half").iter().zip(&wanted).all(is_near), "{compression}");
        assert_ne!(of("half"), wanted);
    }
}

#[test]
fn a_few_samples_are_those_of_all() {
    let chosen = [0, 3, 4, 9];
    for format in FORMATS {
        for array in &open(format).layers {
            let all = rows(array, &all(array), Readout::Flatten);
            let width = all.len() / N;
            let wanted: Vec<f64> =
                chosen.iter().flat_map(|at| all[at * width..(at + 1) * width].to_vec()).collect();
            assert_eq!(rows(array, &chosen, Readout::Flatten), wanted, "{format}: {}", array.name);
        }
    }
}

#[test]
fn labels_are_found_or_named() {
    for format in FORMATS {
        let saved = open(format);
        let labels = saved.labels.as_ref().unwrap();
        assert_eq!(labels.names, ["4", "5", "6"], "{format}");
        assert_eq!(labels.classes, (0..N).map(|i| i % 3).collect::<Vec<_>>(), "{format}");
        assert_eq!(saved.layers.len(), 4, "{format}");
    }
    assert_eq!(passed_over(&open("stored.npz")), ["epoch (shape [])"]);
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("labels.csv");
    let given = ["file,label", "a.png,dog", "b.png,cat"].into_iter().chain(["c.png,dog"; 10]);
    std::fs::write(&text, given.collect::<Vec<_>>().join("\n")).unwrap();
    let saved = SavedActivations::open(&testdata("stored.npz"), text.to_str(), &[]).unwrap();
    let labels = saved.labels.unwrap();
    assert_eq!((labels.names, &labels.classes[..3]), (vec!["cat".into(), "dog".into()], &[1, 0, 1][..]));
}

#[test]
fn classes_may_be_named_by_arrays_of_texts() {
    let labels = |name: &str, given: Option<&str>| {
        let saved = SavedActivations::open(&testdata(name), given, &[]).unwrap();
        assert_eq!(saved.layers.len(), 1, "{name}");
        let labels = saved.labels.unwrap();
        assert_eq!(labels.classes, (0..N).map(|i| i % 3).collect::<Vec<_>>(), "{name}");
        labels.names
    };
    let names = testdata("names.npy");
    for (name, given) in [
        ("names.npz", None),
        ("names.npz", Some("note")),
        ("names-packed.npz", None),
        ("names-packed.npz", names.to_str()),
        ("names.h5", None),
        ("names.h5", Some("fixed")),
        ("names.parquet", None),
    ] {
        assert_eq!(labels(name, given), ["dog", "kočka", "owl"], "{name} {given:?}");
    }
    assert_eq!(passed_over(&open("names.npz")), ["note (texts)"]);
}

#[test]
fn what_is_no_layer_is_told_with_the_reason() {
    let expected = [
        ("others.npz", &["spectrum (complex numbers)", "when (times)", "epoch (shape [])"][..]),
        (
            "others.h5",
            &[
                "flags (truth values or an enumeration)",
                "records (records of x, y)",
                "spectrum (complex numbers)",
            ],
        ),
        (
            "others.parquet",
            &["tokens (lists of lists)", "place (structs)", "flag (neither numbers nor texts)"],
        ),
    ];
    for (name, others) in expected {
        assert_eq!(passed_over(&open(name)), others, "{name}");
    }
}

#[test]
fn of_several_arrays_named_like_labels_the_first_by_name_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, values: Vec<f64>, shape: &str| {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.bytes());
        file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        std::fs::write(folder.path().join(name).with_extension("npy"), file).unwrap();
    };
    let open = || SavedActivations::open(folder.path(), None, &[]).unwrap();
    write("layer", (0..6).map(f64::from).collect(), "(3, 2)");
    // Targets of a regression are no classes.
    write("target", vec![0.5, 1.25, 2.0], "(3,)");
    let alone = open();
    assert_eq!((alone.labels.is_none(), passed_over(&alone)), (true, vec!["target (shape [3])".to_owned()]));
    write("y", vec![1.0, 1.0, 2.0], "(3,)");
    assert_eq!(open().labels.unwrap().names, ["1", "2"]);
    write("labels", vec![7.0, 8.0, 9.0], "(3,)");
    assert_eq!(open().labels.unwrap().names, ["7", "8", "9"]);
}

#[test]
fn rows_with_a_single_one_are_labels_and_other_rows_a_layer() {
    for name in ["others.npz", "others.h5", "others.parquet"] {
        let saved = open(name);
        let labels = saved.labels.as_ref().unwrap();
        assert_eq!(labels.names, ["4", "5", "6"], "{name}");
        assert_eq!(labels.classes, (0..N).map(|i| i % 3).collect::<Vec<_>>(), "{name}");
    }
    let names =
        |saved: &SavedActivations| saved.layers.iter().map(|layer| layer.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&open("others.npz")), ["layer", "targets"]);
    let given =
        SavedActivations::open(&testdata("others.npz"), Some("targets"), &[]).unwrap_err().to_string();
    assert!(given.contains("\"targets\" has shape [12, 7]") && given.contains("a single 1"), "{given}");
}

#[test]
fn patterns_choose_layers_and_their_order() {
    let open = |patterns: [&str; 2]| {
        SavedActivations::open(&testdata("all.safetensors"), None, &patterns.map(str::to_owned))
    };
    let saved = open(["output", "block*"]).unwrap();
    let names: Vec<&str> = saved.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["output", "block2", "block10"]);
    assert!(open(["output", "stage*"]).unwrap_err().to_string().contains("block2, block10"));
}

#[test]
fn what_cannot_be_used_is_said() {
    let fails = |name: &str, labels: Option<&str>, expected: &str| {
        let error = SavedActivations::open(&testdata(name), labels, &[]).unwrap_err();
        assert!(error.is_invalid_input() && error.to_string().contains(expected), "{name}: {error}");
    };
    fails("hostile/objects.npy", None, "pickle");
    fails("hostile/objects.npz", None, "pickle");
    fails("hostile/claims.npy", None, "truncated");
    fails("hostile/claims.npz", None, "truncated");
    // Pages that refer to a dictionary which is not there: the library panics.
    fails("hostile/dictionary.parquet", None, "damaged");
    // A header with a list of a thousand million items: the library skips them all.
    fails("hostile/endless.parquet", None, "hostile/endless.parquet");
    // A column that begins at a place below 0: the library panics.
    fails("hostile/negative.parquet", None, "damaged");
    // A dictionary of a few bytes that claims a billion values: the library makes room for them.
    fails("hostile/claims.parquet", None, "bytes claims 939524095 values");
    fails("stored.npz", Some("block2"), "one axis");
    fails("stored.npz", Some("nowhere"), "neither a file nor an array");
    fails("absent.npz", None, "cannot read");
    let folder = tempfile::tempdir().unwrap();
    let pickle = folder.path().join("model.pt");
    std::fs::write(&pickle, "x").unwrap();
    fails(pickle.to_str().unwrap(), None, "pickle");
    fails("hostile/absent.pt", None, "cannot read");
    let tokens =
        layer(&open("stored.npz"), "output").cloud::<f32>(&[0], Readout::Tokens(2), Layout::default());
    assert!(tokens.unwrap_err().to_string().contains("output has 1 positions"));
}

#[test]
fn files_that_are_cut_off_or_changed_are_errors_and_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    for name in
        ["stored.npz", "compressed.npz", "all.safetensors", "all.h5", "all.parquet", "folder/conv1.npy"]
    {
        let bytes = std::fs::read(testdata(name)).unwrap();
        let path = folder.path().join("damaged").with_extension(Path::new(name).extension().unwrap());
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let saved = SavedActivations::open(&path, None, &[])?;
            for array in &saved.layers {
                let samples: Vec<usize> = (0..array.n_samples().min(N)).collect();
                array.cloud::<f32>(&samples, Readout::AvgPool, Layout::default())?;
            }
            Ok::<(), topolens_lab::Error>(())
        };
        read(&bytes).unwrap();
        for part in 0..16 {
            assert!(read(&bytes[..bytes.len() * part / 16]).is_err(), "{name} cut at {part}/16");
        }
        for at in (0..bytes.len()).step_by(bytes.len() / 400 + 1) {
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            // Numbers may be changed without a trace; nothing may panic.
            drop(read(&changed));
        }
    }
}

/// One changed byte in the numbers of an array: the archive holds their sum.
#[test]
fn a_changed_number_of_an_archive_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.npz");
    for name in ["stored.npz", "compressed.npz"] {
        let mut bytes = std::fs::read(testdata(name)).unwrap();
        // The first array, conv1, is longer than a thousand bytes.
        bytes[600] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let error = SavedActivations::open(&path, None, &[]).unwrap_err();
        assert!(error.is_invalid_input() && error.to_string().contains("conv1"), "{name}: {error}");
    }
}

/// A large mean in double precision does not take the digits of what is measured.
#[test]
fn double_precision_is_centred_before_it_is_narrowed() {
    let folder = tempfile::tempdir().unwrap();
    let text = |offset: f64| {
        let row = |i: i32| {
            format!("{},{}\n", offset + f64::from(i * i % 17) * 1e-3, offset + f64::from(i % 5) * 1e-3)
        };
        (0..30).map(row).collect::<String>()
    };
    let cloud = |offset: f64| {
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text(offset)).unwrap();
        let saved = SavedActivations::open(&path, None, &[]).unwrap();
        let mut protocol = Protocol::default();
        protocol.set_n_points(30);
        saved_clouds(&saved, Layout::default(), &protocol).unwrap().layers.remove(0).cloud
    };
    let (near, far) = (cloud(0.0), cloud(1e5));
    for (a, b) in near.values().iter().zip(far.values()) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}

#[test]
fn what_is_packed_a_thousandfold_says_how_much_memory_it_takes() {
    let saved = open("hostile/bomb.npz");
    assert_eq!(saved.layers[0].shape, [3, 16_777_216]);
    let needed = saved.memory(3, Readout::Flatten, Layout::default());
    assert!(needed > 3 * 4 * 16_777_216, "{needed}");
}

#[test]
fn runs_and_checkpoints_are_no_activations() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(!is_saved_activations(folder.path()));
    std::fs::write(path("layer.npy"), "").unwrap();
    assert!(is_saved_activations(folder.path()));
    std::fs::write(path("run.json"), "{}").unwrap();
    assert!(!is_saved_activations(folder.path()));
    std::fs::write(path("epoch-0001.json"), "{}").unwrap();
    assert!(!is_saved_activations(&path("epoch-0001.safetensors")));
    assert!(is_saved_activations(&path("hidden.safetensors")) && !is_saved_activations(&path("model.onnx")));
}

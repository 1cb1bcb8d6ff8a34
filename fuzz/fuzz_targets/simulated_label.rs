//! Labels of simulated images: none, or one that comes back from its own text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use topolens_lab::spoofing::simulator::Label;

fuzz_target!(|bytes: &[u8]| {
    if let Some(label) = Label::of_file(bytes) {
        assert_eq!(Label::parse(&label.text()), Some(label));
    }
});

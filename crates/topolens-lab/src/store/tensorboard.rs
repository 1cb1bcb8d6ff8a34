//! Metrics as TensorBoard reads them: a file of records, each an `Event` of TensorFlow's `event.proto`.

use prost::Message;

use super::EpochMetrics;

#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, optional, tag = "2")]
    simple_value: Option<f32>,
}

/// The content of an event file: every metric of every epoch as a scalar, at the epoch's number.
///
/// # Examples
///
/// ```
/// use topolens_lab::store::event_file;
///
/// // The record that names the format of the file: its length, a sum, 15 bytes, a sum.
/// assert_eq!(event_file(&[]).len(), 8 + 4 + 15 + 4);
/// ```
pub fn event_file(metrics: &[EpochMetrics]) -> Vec<u8> {
    let first = metrics.first().map_or(0.0, |metrics| metrics.finished_at);
    let version = Event { wall_time: first, file_version: Some("brain.Event:2".into()), ..Event::default() };
    let events = metrics.iter().map(|metrics| Event {
        wall_time: metrics.finished_at,
        step: i64::try_from(metrics.epoch).unwrap_or(i64::MAX),
        summary: Some(Summary { value: scalars(metrics) }),
        ..Event::default()
    });
    std::iter::once(version).chain(events).flat_map(|event| record(&event.encode_to_vec())).collect()
}

fn scalars(metrics: &EpochMetrics) -> Vec<Value> {
    let scalars = [
        ("loss/train", metrics.train_loss),
        ("loss/validation", metrics.validation_loss),
        ("accuracy/train", metrics.train_accuracy),
        ("accuracy/validation", metrics.validation_accuracy),
        ("accuracy/test", Some(metrics.test_accuracy)),
        ("learning_rate", metrics.learning_rate),
        ("images_per_second", metrics.images_per_second),
        ("seconds", metrics.seconds),
    ];
    let known = scalars.into_iter().filter_map(|(tag, value)| value.map(|value| (tag, value)));
    known.map(|(tag, value)| Value { tag: tag.to_owned(), simple_value: Some(value as f32) }).collect()
}

/// Length, its sum, the bytes, their sum.
fn record(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    let sums = [length.as_slice(), bytes].map(|part| masked(crc32c::crc32c(part)).to_le_bytes());
    [&length, sums[0].as_slice(), bytes, &sums[1]].concat()
}

/// Sums are turned and moved so that a file of records can be in a record.
fn masked(sum: u32) -> u32 {
    sum.rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What TensorFlow's own writer makes of the same event (tensorboard 2.21, wall time 1234.5, step 3, tag "accuracy/test").
    #[test]
    fn bytes_are_those_of_the_reference_writer() {
        let event = Event {
            wall_time: 1234.5,
            step: 3,
            summary: Some(Summary {
                value: vec![Value { tag: "accuracy/test".into(), simple_value: Some(0.25) }],
            }),
            ..Event::default()
        };
        let hex: Vec<String> =
            record(&event.encode_to_vec()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.concat(), REFERENCE);
    }

    const REFERENCE: &str = "2300000000000000b09f77430900000000004a934010032a160a140a0d61636375726163792f\
                             74657374150000803e96f5f2f2";
}

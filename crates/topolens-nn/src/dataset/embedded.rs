//! The images that come with the program.

use super::bytes::FileBytes;
use super::{Dataset, idx};
use crate::error::Error;

const LIMIT: u64 = 1 << 24;
const CLASSES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

macro_rules! asset {
    ($file:literal) => {
        FileBytes::unpack(
            $file.to_owned(),
            include_bytes!(concat!("../../../../assets/fashion_mnist_6k/", $file)).to_vec(),
            LIMIT,
        )
    };
}

/// Fashion-MNIST 6k (Xiao et al. 2017, MIT): the first 500 training images of each of 10 classes, or the first 100 test
/// images of each.
///
/// # Errors
///
/// None, unless the program itself is damaged.
///
/// # Examples
///
/// ```
/// use topolens_nn::dataset::embedded;
///
/// let test = embedded(false)?;
/// assert_eq!((test.len(), test.image_shape(), test.n_classes()), (1000, [28, 28, 1], 10));
/// # Ok::<(), topolens_nn::Error>(())
/// ```
pub fn embedded(train: bool) -> Result<Dataset, Error> {
    let (name, images, labels) = if train {
        let images = asset!("train-images-idx3-ubyte.gz")?;
        ("fashion-mnist-6k train", images, asset!("train-labels-idx1-ubyte.gz")?)
    } else {
        let images = asset!("t10k-images-idx3-ubyte.gz")?;
        ("fashion-mnist-6k test", images, asset!("t10k-labels-idx1-ubyte.gz")?)
    };
    let set = idx::assemble(name, images, labels)?;
    let class_names = CLASSES.map(str::to_owned).to_vec();
    Dataset::new(name, set.image_shape(), set.pixels().to_vec(), set.labels().to_vec(), class_names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_balanced() {
        for (train, per_class) in [(true, 500), (false, 100)] {
            let set = embedded(train).unwrap();
            for class in 0..10 {
                assert_eq!(set.labels().iter().filter(|label| **label == class).count(), per_class);
            }
        }
    }

    /// The published statistics of all 60000 training images are 0.2860 and 0.3530.
    #[test]
    fn the_mean_is_near_that_of_the_whole_set() {
        let normalization = embedded(true).unwrap().normalization().unwrap();
        assert!((normalization.mean(0) - 0.2860).abs() < 0.005, "{normalization:?}");
        assert!((normalization.std(0) - 0.3530).abs() < 0.005, "{normalization:?}");
    }
}

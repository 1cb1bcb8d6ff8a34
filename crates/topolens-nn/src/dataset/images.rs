//! The set of images.

use super::{Normalization, NormalizationKind};
use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// Labelled images of one size, 8 bits per channel, NHWC.
///
/// # Examples
///
/// ```
/// use topolens_nn::dataset::Dataset;
///
/// let names = vec!["dark".to_owned(), "bright".to_owned()];
/// let set = Dataset::new("two", [1, 1, 1], vec![0, 255], vec![0, 1], names)?;
/// assert_eq!((set.len(), set.image(1)), (2, &[255_u8][..]));
/// assert_eq!(set.normalization()?.mean(0), 0.5);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    name: String,
    shape: [usize; 3],
    pixels: Vec<u8>,
    labels: Vec<usize>,
    class_names: Vec<String>,
}

impl Dataset {
    /// Takes `pixels` in the order image, row, column, channel; `shape` is height, width, channels.
    ///
    /// # Errors
    ///
    /// If there is no image, an extent is 0, pixels and labels do not fit, or a label has no class name.
    pub fn new(
        name: &str,
        shape: [usize; 3],
        pixels: Vec<u8>,
        labels: Vec<usize>,
        class_names: Vec<String>,
    ) -> Result<Self, Error> {
        if labels.is_empty() {
            return Err(ErrorKind::Empty { argument: "images", hint: "give at least one image" }.into());
        }
        let image_len = shape.iter().try_fold(1_usize, |product, extent| product.checked_mul(*extent));
        let expected =
            image_len.filter(|length| *length > 0).and_then(|length| length.checked_mul(labels.len()));
        if expected != Some(pixels.len()) {
            let shape = [&[labels.len()], shape.as_slice()].concat();
            return Err(ErrorKind::ValuesDoNotFillShape { shape, n_values: pixels.len() }.into());
        }
        crate::network::check_labels(&labels, labels.len(), class_names.len())?;
        Ok(Self { name: name.to_owned(), shape, pixels, labels, class_names })
    }

    /// The same images under another name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The same images with the channels of each pixel in reverse: RGB as BGR.
    #[must_use]
    pub fn with_channels_reversed(mut self) -> Self {
        self.pixels.chunks_exact_mut(self.shape[2]).for_each(<[u8]>::reverse);
        self
    }

    /// Grey images as colour images, red, green and blue alike; colour images as they are.
    #[must_use]
    pub fn in_color(mut self) -> Self {
        if self.shape[2] == 1 {
            self.pixels = self.pixels.iter().flat_map(|grey| [*grey; 3]).collect();
            self.shape[2] = 3;
        }
        self
    }

    /// What the set is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Never: a set has at least one image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Height, width, channels.
    pub fn image_shape(&self) -> [usize; 3] {
        self.shape
    }

    /// All pixels in the order image, row, column, channel.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The class of each image.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The name of each class.
    pub fn class_names(&self) -> &[String] {
        &self.class_names
    }

    /// The number of classes.
    pub fn n_classes(&self) -> usize {
        self.class_names.len()
    }

    /// The pixels of image `index`.
    ///
    /// # Panics
    ///
    /// If `index` ≥ `len`, as slice indexing does.
    pub fn image(&self, index: usize) -> &[u8] {
        let length = self.shape.iter().product::<usize>();
        &self.pixels[index * length..(index + 1) * length]
    }

    /// The images `indices`, in that order; repeats are allowed.
    ///
    /// # Errors
    ///
    /// If there are none, or an index is not below the number of images.
    pub fn subset(&self, indices: &[usize]) -> Result<Self, Error> {
        self.check_indices(indices)?;
        let pixels = indices.iter().flat_map(|index| self.image(*index)).copied().collect();
        let labels = indices.iter().map(|index| self.labels[*index]).collect();
        Ok(Self {
            name: self.name.clone(),
            shape: self.shape,
            pixels,
            labels,
            class_names: self.class_names.clone(),
        })
    }

    /// The images of the classes `classes`, which are all its classes then, in that order.
    ///
    /// # Errors
    ///
    /// If no image is of these classes, or one is not below the number of classes.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens_nn::dataset;
    ///
    /// let two = dataset::embedded(false)?.of_classes(&[7, 2])?;
    /// assert_eq!((two.len(), two.n_classes()), (200, 2));
    /// # Ok::<(), topolens_nn::Error>(())
    /// ```
    pub fn of_classes(&self, classes: &[usize]) -> Result<Self, Error> {
        let n_classes = self.n_classes();
        if let Some((position, label)) = classes.iter().enumerate().find(|(_, class)| **class >= n_classes) {
            return Err(ErrorKind::LabelOutOfRange { position, label: *label, n_classes }.into());
        }
        let new_label = |label: &usize| classes.iter().position(|class| class == label);
        let of_images: Vec<Option<usize>> = self.labels.iter().map(new_label).collect();
        let chosen: Vec<usize> = (0..self.len()).filter(|image| of_images[*image].is_some()).collect();
        let class_names = classes.iter().map(|class| self.class_names[*class].clone()).collect();
        let labels = of_images.into_iter().flatten().collect();
        Ok(Self { labels, class_names, ..self.subset(&chosen)? })
    }

    /// The images of both sets, of which those of `other` come last; classes of one name are one class.
    ///
    /// # Errors
    ///
    /// If their shapes differ.
    pub fn joined(mut self, other: &Self) -> Result<Self, Error> {
        if self.shape != other.shape {
            let (expected, got) = (self.shape.to_vec(), other.shape.to_vec());
            return Err(ErrorKind::ShapeMismatch { argument: "other", expected, got }.into());
        }
        let mut label_of_class = Vec::new();
        for name in &other.class_names {
            let known = self.class_names.iter().position(|known| known == name);
            label_of_class.push(known.unwrap_or(self.class_names.len()));
            if known.is_none() {
                self.class_names.push(name.clone());
            }
        }
        self.labels.extend(other.labels.iter().map(|label| label_of_class[*label]));
        self.pixels.extend_from_slice(&other.pixels);
        Ok(self)
    }

    /// The images `indices` as a batch for a network, N × height × width × channels.
    ///
    /// # Errors
    ///
    /// If there are none, or an index is not below the number of images.
    pub fn batch(&self, indices: &[usize], normalization: &Normalization) -> Result<Tensor, Error> {
        self.check_indices(indices)?;
        let (tables, [height, width, channels]) = (normalization.tables(), self.shape);
        let mut values = Vec::with_capacity(indices.len() * height * width * channels);
        for image in indices.iter().map(|index| self.image(*index)) {
            if let [table] = &tables[..] {
                values.extend(image.iter().map(|pixel| table[usize::from(*pixel)]));
            } else {
                let pixels = image.iter().zip(tables.iter().cycle());
                values.extend(pixels.map(|(pixel, table)| table[usize::from(*pixel)]));
            }
        }
        Tensor::new(&[indices.len(), height, width, channels], values)
    }

    /// All images, N × height × width × channels, from 0 (black) to 1 (full brightness).
    pub fn unit_pixels(&self) -> Tensor {
        let [height, width, channels] = self.shape;
        let values = self.pixels.iter().map(|pixel| (f64::from(*pixel) / 255.0) as f32).collect();
        Tensor::from_parts(vec![self.len(), height, width, channels], values)
    }

    /// One mean and one standard deviation over all pixels of all images, in units of full brightness.
    ///
    /// # Errors
    ///
    /// If all pixels are equal.
    pub fn normalization(&self) -> Result<Normalization, Error> {
        self.normalization_of(NormalizationKind::Scalar)
    }

    /// Mean and standard deviation over all pixels of all images, or of each channel, in units of full brightness.
    ///
    /// # Errors
    ///
    /// If all pixels, or all of a channel, are equal.
    pub fn normalization_of(&self, kind: NormalizationKind) -> Result<Normalization, Error> {
        Normalization::of(&self.pixels, self.shape[2], kind)
            .ok_or_else(|| ErrorKind::ConstantImages { name: self.name.clone() }.into())
    }

    fn check_indices(&self, indices: &[usize]) -> Result<(), Error> {
        if indices.is_empty() {
            return Err(ErrorKind::Empty { argument: "indices", hint: "ask for at least one image" }.into());
        }
        match indices.iter().find(|index| **index >= self.len()) {
            Some(index) => Err(ErrorKind::ImageOutOfRange { index: *index, n_images: self.len() }.into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|class| class.to_string()).collect()
    }

    fn three() -> Dataset {
        Dataset::new("three", [1, 2, 1], vec![0, 10, 20, 30, 40, 50], vec![0, 1, 0], names(2)).unwrap()
    }

    #[test]
    fn grey_becomes_colour_once() {
        let grey = Dataset::new("two", [1, 2, 1], vec![7, 9], vec![0], vec!["a".into()]).unwrap();
        let colored = grey.in_color();
        assert_eq!((colored.image_shape(), colored.pixels()), ([1, 2, 3], &[7, 7, 7, 9, 9, 9][..]));
        assert_eq!(colored.clone().in_color(), colored);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let build = |shape, n_pixels: usize, labels: Vec<usize>, n_classes| {
            Dataset::new("x", shape, vec![0; n_pixels], labels, names(n_classes))
        };
        assert!(build([1, 2, 1], 5, vec![0, 0, 0], 1).is_err());
        assert!(build([1, 2, 0], 0, vec![0], 1).is_err());
        assert!(build([usize::MAX, 2, 1], 4, vec![0], 1).is_err());
        assert!(build([1, 2, 1], 0, vec![], 1).is_err());
        let message = build([1, 2, 1], 4, vec![0, 2], 2).unwrap_err().to_string();
        assert!(message.contains("label 2 of image 1"), "{message}");
    }

    #[test]
    fn a_subset_keeps_the_order_asked_for() {
        let subset = three().subset(&[2, 0, 2]).unwrap();
        assert_eq!((subset.pixels(), subset.labels()), (&[40, 50, 0, 10, 40, 50][..], &[0, 0, 0][..]));
        assert!(three().subset(&[3]).unwrap_err().to_string().contains("image 3"));
        assert!(three().subset(&[]).is_err());
    }

    #[test]
    fn classes_are_numbered_anew_and_sets_joined_by_name() {
        let of_b = three().of_classes(&[1]).unwrap();
        assert_eq!(
            (of_b.pixels(), of_b.labels(), of_b.class_names()),
            (&[20, 30][..], &[0][..], &["1".to_owned()][..])
        );
        assert!(three().of_classes(&[2]).is_err() && three().of_classes(&[]).is_err());
        let joined = of_b.joined(&three()).unwrap();
        assert_eq!(
            (joined.labels(), joined.class_names()),
            (&[0, 1, 0, 1][..], &["1".to_owned(), "0".to_owned()][..])
        );
        assert_eq!(joined.pixels()[..4], [20, 30, 0, 10]);
        let other = Dataset::new("x", [2, 1, 1], vec![0, 0], vec![0], names(1)).unwrap();
        assert!(joined.joined(&other).is_err());
    }

    #[test]
    fn a_batch_is_scaled() {
        let batch = three().batch(&[1], &Normalization::new(&[0.0], &[0.5]).unwrap()).unwrap();
        assert_eq!(batch.shape(), [1, 1, 2, 1]);
        assert!((batch.values()[0] - 40.0 / 255.0).abs() < 1e-7);
        let colours = Dataset::new("x", [1, 2, 2], vec![0, 255, 51, 102], vec![0], names(1)).unwrap();
        let apart = Normalization::new(&[0.0, 1.0], &[1.0, 0.5]).unwrap();
        let batch = colours.batch(&[0], &apart).unwrap();
        for (got, expected) in batch.values().iter().zip([0.0, 0.0, 0.2, -1.2]) {
            assert!((got - expected).abs() < 1e-6, "{batch:?}");
        }
    }
}

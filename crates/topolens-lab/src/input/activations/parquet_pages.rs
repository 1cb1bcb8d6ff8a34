//! The pages of a Parquet column, before the library believes what they claim.

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};

/// Pages whose dictionaries do not claim more values than they have bytes: the library makes room for as many as are claimed.
pub(super) struct Believed(pub(super) Box<dyn PageReader>);

impl PageReader for Believed {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.0.get_next_page()?.map(believed).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.0.at_record_boundary()
    }
}

impl Iterator for Believed {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

fn believed(page: Page) -> Result<Page> {
    match page {
        Page::DictionaryPage { ref buf, num_values, .. } if num_values as usize > buf.len() => {
            let n_bytes = buf.len();
            Err(ParquetError::General(format!(
                "a dictionary of {n_bytes} bytes claims {num_values} values; save it again"
            )))
        }
        page => Ok(page),
    }
}

#[cfg(test)]
mod tests {
    use parquet::basic::Encoding;

    use super::*;

    #[test]
    fn a_dictionary_claims_no_more_values_than_it_has_bytes() {
        let dictionary = |num_values| Page::DictionaryPage {
            buf: vec![0; 40].into(),
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        assert!(believed(dictionary(10)).is_ok());
        let told = believed(dictionary(939_524_095)).unwrap_err().to_string();
        assert!(told.contains("40 bytes claims 939524095 values"), "{told}");
    }
}

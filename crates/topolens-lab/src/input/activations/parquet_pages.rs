//! The bytes and pages of a Parquet file, before the library believes what they claim.

use std::fs::File;
use std::io::{self, BufReader, Read};

use bytes::Bytes;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// A file whose end is an error: the library skips as many items as a header claims, two thousand million of them, and takes no notice of the
/// end. Every page is followed by the description of the file, so that none is read to its end.
pub(super) struct Ended(pub(super) File);

/// Reads of an [`Ended`] file.
pub(super) struct UpToEnd(BufReader<File>);

impl Read for UpToEnd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            n_bytes => Ok(n_bytes),
        }
    }
}

impl Length for Ended {
    fn len(&self) -> u64 {
        Length::len(&self.0)
    }
}

impl ChunkReader for Ended {
    type T = UpToEnd;

    fn get_read(&self, start: u64) -> Result<UpToEnd> {
        self.0.get_read(start).map(UpToEnd)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let left = Length::len(self).saturating_sub(start);
        if length as u64 > left {
            return Err(ParquetError::EOF(format!(
                "{length} bytes are claimed where {left} are left; save it again"
            )));
        }
        self.0.get_bytes(start, length)
    }
}

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

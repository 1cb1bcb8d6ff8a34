//! Tidy rows as Parquet.

//! Reverse mode.

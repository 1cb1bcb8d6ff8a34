//! The one error of this crate and its kinds.

mod input;
mod opaque;
mod setting;
mod undefined;

pub(crate) use input::InputKind;
pub use opaque::Error;
pub(crate) use setting::SettingKind;
pub(crate) use undefined::Undefined;

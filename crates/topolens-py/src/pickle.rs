//! Results of plain numbers that go through pickle, so that tasks elsewhere can return them.

/// Gives a class of plain fields what pickle asks for: to be made again of its fields.
macro_rules! pickled {
    ($class:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        #[pyo3::pymethods]
        impl $class {
            fn __reduce__<'py>(
                &self,
                py: pyo3::Python<'py>,
            ) -> pyo3::PyResult<(pyo3::Bound<'py, pyo3::PyAny>, (($($type,)+),))> {
                let restored = pyo3::types::PyAnyMethods::getattr(py.get_type::<Self>().as_any(), "_restored")?;
                Ok((restored, (($(self.$field.clone(),)+),)))
            }

            #[staticmethod]
            #[pyo3(name = "_restored")]
            fn restored(fields: ($($type,)+)) -> Self {
                let ($($field,)+) = fields;
                Self { $($field),+ }
            }
        }
    };
}

pub(crate) use pickled;
